import { Button } from 'antd';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useDictionary } from '../../../../console/dictionary.tsx';
import { useText } from '../../../../console/language.tsx';
import { Nothing } from '../../../../console/parts/Feedback.tsx';
import { FileLink } from '../../../../console/parts/FileLink.tsx';
import { Panel } from '../../../../console/parts/Panel.tsx';
import type { Household, HouseholdLink, PremisesLink } from './types.ts';

const LinkDialog = lazy(() => import('./LinkDialog.tsx'));

/** The dwellings a household lives in, owns or rents. */
export function LinkedHousing({ file }: { file: Household }): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const [linking, setLinking] = useState(false);
  const kinds: Record<string, string> = text.linked.housingKinds;
  return (
    <Panel
      title={text.categories.housing}
      extra={
        file.abilities.edit && (
          <Button onClick={() => setLinking(true)}>{text.linked.addHousing}</Button>
        )
      }
    >
      {file.housing.length === 0 && <Nothing>{text.linked.noHousing}</Nothing>}
      <ul className="lines files">
        {file.housing.map((house) => (
          <li key={`${house.id}.${house.kind}`}>
            <FileLink category="housing" id={house.id}>
              <span>{house.address ?? house.code ?? text.list.unnamed}</span>
              <small>
                {[
                  kinds[house.kind] ?? house.kind,
                  dictionary.value('housing', 'use', house.use),
                  dictionary.value('housing', 'safety_grade', house.safetyGrade),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </small>
            </FileLink>
          </li>
        ))}
      </ul>
      {linking && (
        <Suspense>
          <LinkDialog
            title={text.linked.addHousing}
            category="housing"
            kinds={text.linked.housingKinds}
            path={`/households/${file.id}/housing`}
            body={(housing, kind) => ({ housing, kind })}
            close={() => setLinking(false)}
          />
        </Suspense>
      )}
    </Panel>
  );
}

/** The premises that people here run or stand for; left out where there are none. */
export function LinkedPremises(props: {
  premises: PremisesLink[];
  people?: { resident: string; name: string }[];
}): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const roles: Record<string, string> = text.linked.premisesRoles;
  if (props.premises.length === 0) return null;
  return (
    <Panel title={text.categories.premises}>
      <ul className="lines files">
        {props.premises.map((premises) => (
          <li key={`${premises.id}.${premises.resident}.${premises.role}`}>
            <FileLink category="premises" id={premises.id}>
              <span>{premises.name}</span>
              <small>
                {[
                  props.people?.find(({ resident }) => resident === premises.resident)?.name,
                  roles[premises.role] ?? premises.role,
                  dictionary.value('premises', 'state', premises.state),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </small>
            </FileLink>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** The households that a person or a dwelling belongs to. */
export function LinkedHouseholds({ households }: { households: HouseholdLink[] }): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  return (
    <Panel title={text.categories.household}>
      {households.length === 0 && <Nothing>{text.linked.noHousehold}</Nothing>}
      <ul className="lines files">
        {households.map((household) => (
          <li key={household.id}>
            <FileLink category="household" id={household.id}>
              <span>{household.address ?? household.number ?? text.list.unnamed}</span>
              <small>
                {[
                  household.number,
                  dictionary.code('family_relation', household.relation),
                  household.registered && text.linked.registered,
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </small>
            </FileLink>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
