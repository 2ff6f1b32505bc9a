/** What an act of life may have changed is read anew. */
export const afterAct = [
  'file',
  'changes',
  'list',
  'book',
  'search',
  'past',
  'arrivals',
  'documents',
  'register',
  'departures',
];
