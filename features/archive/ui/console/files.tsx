import { useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useDictionary } from '../../../../console/dictionary.tsx';
import { useText } from '../../../../console/language.tsx';
import { PrintButton } from '../../../../console/parts/PrintButton.tsx';
import { FilePage } from './FilePage.tsx';
import { InBuildingButton } from './InBuilding.tsx';
import { LinkedHouseholds, LinkedHousing, LinkedPremises } from './Linked.tsx';
import { DeathButton } from './life/DeathButton.tsx';
import { Members } from './Members.tsx';
import { PremisesPeople } from './PremisesPeople.tsx';
import { RightsPanel } from './rights/RightsPanel.tsx';
import type { House, Household, Organisation, Premise, Resident } from './types.ts';

const useId = (): string => useParams({ strict: false }).id ?? '';

/** 一户一档. */
export function HouseholdPage(): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const id = useId();
  return (
    <FilePage<Household>
      key={id}
      category="household"
      id={id}
      title={(file) => file.address ?? file.number ?? text.list.unnamed}
      facts={(file) => [
        { label: dictionary.item('household', 'number'), value: file.number },
        { label: dictionary.item('household', 'head'), value: file.head },
        { label: text.list.members, value: String(file.members.length) },
      ]}
      acts={(file, purpose) => (
        <PrintButton
          path={`/households/${file.id}/file.pdf`}
          name={`${text.file.kind.household}-${file.address ?? file.number ?? ''}`}
          preset={purpose}
        />
      )}
    >
      {(file) => (
        <>
          <Members file={file} />
          <LinkedHousing file={file} />
          <LinkedPremises premises={file.premises} people={file.members} />
        </>
      )}
    </FilePage>
  );
}

/** A resident's file. */
export function ResidentPage(): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const id = useId();
  return (
    <FilePage<Resident>
      key={id}
      category="resident"
      id={id}
      title={(file) => file.name}
      facts={(file) => [
        {
          label: dictionary.item('resident', 'sex'),
          value: dictionary.value('resident', 'sex', file.sex),
        },
        { label: text.list.age, value: file.age === null ? null : text.file.years(file.age) },
        { label: dictionary.item('resident', 'birth'), value: file.birth },
        { label: dictionary.item('resident', 'citizen_id'), value: file.idMask },
        { label: dictionary.item('resident', 'phone'), value: file.phoneMask },
      ]}
      masks={(file) => ({ citizen_id: file.idMask, phone: file.phoneMask })}
      age={(file) => file.age}
      acts={(file) => <DeathButton file={file} />}
      below={(file) => <RightsPanel file={file} />}
    >
      {(file) => (
        <>
          <LinkedHouseholds households={file.households} />
          <LinkedPremises premises={file.premises} />
        </>
      )}
    </FilePage>
  );
}

/** A dwelling's file. */
export function HousePage(): ReactNode {
  const text = useText();
  const dictionary = useDictionary();
  const id = useId();
  return (
    <FilePage<House>
      key={id}
      category="housing"
      id={id}
      title={(file) => file.address ?? file.code ?? text.list.unnamed}
      facts={(file) => [
        { label: dictionary.item('housing', 'code'), value: file.code },
        {
          label: text.buildings.one,
          value: file.building && (file.building.name ?? text.buildings.unknown),
        },
      ]}
      acts={(file) => <InBuildingButton file={file} />}
    >
      {(file) => <LinkedHouseholds households={file.households} />}
    </FilePage>
  );
}

/** The file of premises. */
export function PremisePage(): ReactNode {
  const id = useId();
  return (
    <FilePage<Premise> key={id} category="premises" id={id} title={(file) => file.name}>
      {(file) => <PremisesPeople file={file} />}
    </FilePage>
  );
}

/** The file of an organisation. */
export function OrganisationPage(): ReactNode {
  const id = useId();
  return (
    <FilePage<Organisation> key={id} category="organisation" id={id} title={(file) => file.name} />
  );
}
