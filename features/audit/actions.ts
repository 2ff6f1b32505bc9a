/**
 * What an entry of the record is about. Looks and changes of a record are shown on its own page too (谁看过);
 * the other kinds are the auditor's alone. The database checks the same words (db/migrations/0007).
 */
export type Kind = 'look' | 'change' | 'session' | 'account' | 'job' | 'reading' | 'refusal';

/**
 * Every act that goes on record, and its kind. A new act is a line here and a word in both catalogues of
 * texts (`audit.actions`).
 */
export const actions = {
  open_file: 'look',
  open_changes: 'look',
  open_past: 'look',
  list_arrivals: 'look',
  reveal: 'look',
  find_by_number: 'look',
  open_book: 'look',
  open_documents: 'look',
  view_document: 'look',
  download_document: 'look',
  copy_file: 'look',
  open_correction: 'look',
  export: 'look',
  print: 'look',
  read_edits: 'look',
  create: 'change',
  edit: 'change',
  life_event: 'change',
  cancel_event: 'change',
  prove_event: 'change',
  refuse_arrival: 'change',
  add_document: 'change',
  retire_document: 'change',
  ask_correction: 'change',
  accept_correction: 'change',
  refuse_correction: 'change',
  ask_deletion: 'change',
  refuse_deletion: 'change',
  withdraw_correction: 'change',
  withdraw_deletion: 'change',
  delete_file: 'change',
  linked: 'change',
  unlinked: 'change',
  change_area: 'change',
  change_building: 'change',
  change_items: 'change',
  sign_in: 'session',
  sign_in_begun: 'session',
  act_by_command: 'session',
  bind_subject: 'session',
  second_factor_passed: 'session',
  recovery_code_used: 'session',
  second_factor_set: 'session',
  second_factor_removed: 'session',
  recovery_codes_renewed: 'session',
  end_session: 'session',
  end_other_sessions: 'session',
  sign_out: 'session',
  sign_out_everywhere: 'session',
  switch_post: 'session',
  change_password: 'session',
  add_account: 'account',
  restore_account: 'account',
  withdraw_account: 'account',
  add_post: 'account',
  end_post: 'account',
  rename_account: 'account',
  reset_password: 'account',
  reset_second_factor: 'account',
  release_subject: 'account',
  unlock_account: 'account',
  import_staff: 'account',
  explain_access: 'account',
  pause_job: 'job',
  resume_job: 'job',
  cancel_job: 'job',
  gather: 'job',
  undo_batch: 'job',
  save_profile: 'job',
  read_accounts: 'reading',
  take_list: 'reading',
  read_audit: 'reading',
  read_pattern: 'reading',
  read_looks: 'reading',
  refused: 'refusal',
  sign_in_refused: 'refusal',
  second_factor_refused: 'refusal',
} as const satisfies Record<string, Kind>;

export type Action = keyof typeof actions;

/** Whether a text is an act of the catalogue. */
export function isAction(text: string): text is Action {
  return Object.hasOwn(actions, text);
}
