import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Checkbox, Input, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../../../../console/api.ts';
import { useText } from '../../../../../console/language.tsx';
import { AreaPicker } from '../../../../../console/parts/AreaPicker.tsx';
import { Failed } from '../../../../../console/parts/Feedback.tsx';
import { useSession } from '../../../../../console/session.tsx';
import type { CategoryKey } from '../../../../archive/contract.ts';
import { FormDialog } from '../../../../identity/ui/console/FormDialog.tsx';
import {
  type MadeSystem,
  type NewSystem,
  namedGroups,
  type Offer,
} from '../../../interface/contract.ts';
import { SecretShown } from './SecretShown.tsx';

type Draft = Omit<NewSystem, 'webhook' | 'area'> & { webhook: string; area: string | undefined };

/** A new system; then its id and secret, once, and on to its page. */
export default function NewSystemDialog(props: {
  close: () => void;
  made: (id: string) => void;
}): ReactNode {
  const { systems: text } = useText();
  const { acting } = useSession();
  const client = useQueryClient();
  const [made, setMade] = useState<MadeSystem | null>(null);
  const [draft, setDraft] = useState<Draft>({
    name: '',
    source: '',
    area: acting?.area.level === 'county' ? acting.area.code : undefined,
    items: [],
    groups: [],
    values: true,
    webhook: '',
  });
  const set = (change: Partial<Draft>): void => setDraft({ ...draft, ...change });
  const offer = useQuery({
    queryKey: ['systems', 'offer'],
    queryFn: ({ signal }) => api.get<Offer>('/gather/systems/offer', undefined, signal),
  });
  if (made)
    return (
      <SecretShown
        title={text.made}
        id={made.id}
        secret={made.secret}
        done={() => props.made(made.id)}
      />
    );
  return (
    <FormDialog
      title={text.create}
      help={text.createHelp}
      close={props.close}
      stay
      save={async () => {
        const { webhook, name, ...more } = draft;
        const address = webhook.trim();
        const body = { ...more, name: name.trim(), ...(address ? { webhook: address } : {}) };
        setMade(await api.post<MadeSystem>('/gather/systems', body));
      }}
      done={() => void client.invalidateQueries({ queryKey: ['systems'] })}
    >
      {(errorOf) => (
        <>
          {offer.error && <Failed error={offer.error} retry={() => void offer.refetch()} />}
          <Who draft={draft} set={set} offer={offer.data} errorOf={errorOf} />
          <What draft={draft} set={set} offer={offer.data} errorOf={errorOf} />
          {draft.items.length > 0 && (
            <div>
              <label htmlFor="system-webhook">{text.webhook}</label>
              <Input
                id="system-webhook"
                inputMode="url"
                autoComplete="off"
                maxLength={500}
                value={draft.webhook}
                onChange={({ target }) => set({ webhook: target.value })}
              />
              <p className="help">{text.webhookHelp}</p>
              {errorOf('webhook')}
            </div>
          )}
        </>
      )}
    </FormDialog>
  );
}

interface Part {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
  offer: Offer | undefined;
  errorOf: (field: string) => ReactNode;
}

function Who({ draft, set, offer, errorOf }: Part): ReactNode {
  const { systems: text } = useText();
  const chosen = offer?.sources.find(({ key }) => key === draft.source);
  return (
    <>
      <div>
        <label htmlFor="system-name">{text.name}</label>
        <Input
          id="system-name"
          autoComplete="off"
          maxLength={60}
          value={draft.name}
          onChange={({ target }) => set({ name: target.value })}
        />
        {errorOf('name')}
      </div>
      <div>
        <label htmlFor="system-source">{text.source}</label>
        <Select
          id="system-source"
          value={draft.source || undefined}
          loading={!offer}
          onChange={(source) => set({ source })}
          options={offer?.sources.map(({ key, label }) => ({ value: key, label })) ?? []}
        />
        {chosen && <p className="help">{text.sourceHelp(chosen.handsIn)}</p>}
        {errorOf('source')}
      </div>
      <div>
        <label htmlFor="system-area">{text.area}</label>
        <AreaPicker
          id="system-area"
          label={text.area}
          value={draft.area}
          onChange={(area) => set({ area })}
        />
        <p className="help">{text.areaHelp}</p>
        {errorOf('area')}
      </div>
    </>
  );
}

function What({ draft, set, offer, errorOf }: Part): ReactNode {
  const { systems: text, categories } = useText();
  const groups: readonly string[] = ['file', ...draft.groups];
  const open = offer?.items.filter(({ group }) => groups.includes(group)) ?? [];
  const label = (category: string, item: string): string =>
    `${categories[category as CategoryKey]} · ${item}`;
  return (
    <>
      <fieldset className="groups">
        <legend>{text.groups}</legend>
        <Checkbox.Group
          value={draft.groups}
          options={namedGroups.map((value) => ({ value, label: text.groupNames[value] ?? value }))}
          onChange={(chosen) => {
            const named = [...chosen] as Draft['groups'];
            const kept = offer?.items.filter(({ group }) =>
              ['file', ...named].some((one) => one === group),
            );
            const keys = new Set(kept?.map(({ key }) => key));
            set({ groups: named, items: draft.items.filter((key) => keys.has(key)) });
          }}
        />
        <p className="help">{text.groupsHelp}</p>
        {errorOf('groups')}
      </fieldset>
      <div>
        <label htmlFor="system-items">{text.items}</label>
        <Select
          id="system-items"
          mode="multiple"
          className="wide"
          value={draft.items}
          onChange={(items: string[]) => set({ items })}
          optionFilterProp="label"
          options={open.map(({ key, label: item, category }) => ({
            value: key,
            label: label(category, item),
          }))}
        />
        <p className="help">{text.itemsHelp}</p>
        {errorOf('items')}
      </div>
      {draft.items.length > 0 && (
        <div>
          <Checkbox
            checked={draft.values}
            onChange={({ target }) => set({ values: target.checked })}
          >
            {text.values}
          </Checkbox>
          <p className="help">{text.valuesHelp}</p>
        </div>
      )}
    </>
  );
}
