-- What a policy asks of the transaction, it asks once a statement and not once a row: each question stands in a
-- sub-select of its own. That is cheaper where many rows are read, and it keeps PostgreSQL from weighing a plan by the
-- scope of whoever comes first: plans made for a grid read a whole city for one household's file.

alter policy household_read on household using (area >= (select scope_lo()) and area < (select scope_hi()));
alter policy household_change on household
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('list')));

alter policy household_file_read on household_file
  using (area >= (select scope_lo()) and area < (select scope_hi())
    and ((select gate_open('file')) or gate_subject('file', id)));
alter policy household_file_change on household_file
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('file')));

alter policy household_economy_read on household_economy
  using (area >= (select scope_lo()) and area < (select scope_hi())
    and ((select gate_open('economy')) or gate_subject('economy', id)));
alter policy household_economy_change on household_economy
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('economy')));

alter policy resident_read on resident using (area >= (select scope_lo()) and area < (select scope_hi()));
alter policy resident_change on resident
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('list')));

alter policy resident_file_read on resident_file
  using (area >= (select scope_lo()) and area < (select scope_hi())
    and ((select gate_open('file')) or gate_subject('file', id)));
alter policy resident_file_change on resident_file
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('file')));

alter policy resident_contact_read on resident_contact
  using (area >= (select scope_lo()) and area < (select scope_hi())
    and ((select gate_open('contact')) or gate_subject('contact', id)));
alter policy resident_contact_change on resident_contact
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('contact')));

alter policy resident_identity_read on resident_identity
  using (area >= (select scope_lo()) and area < (select scope_hi())
    and ((select gate_open('identity')) or gate_subject('identity', id)));
alter policy resident_identity_change on resident_identity
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('identity')));

alter policy resident_health_read on resident_health
  using (area >= (select scope_lo()) and area < (select scope_hi())
    and ((select gate_open('health')) or gate_subject('health', id)));
alter policy resident_health_change on resident_health
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('health')));

alter policy resident_ethnic_read on resident_ethnic
  using (area >= (select scope_lo()) and area < (select scope_hi())
    and ((select gate_open('ethnic')) or gate_subject('ethnic', id)));
alter policy resident_ethnic_change on resident_ethnic
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('ethnic')));

alter policy resident_welfare_read on resident_welfare
  using (area >= (select scope_lo()) and area < (select scope_hi())
    and ((select gate_open('welfare')) or gate_subject('welfare', id)));
alter policy resident_welfare_change on resident_welfare
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('welfare')));

alter policy resident_minor_read on resident_minor
  using (area >= (select scope_lo()) and area < (select scope_hi())
    and ((select gate_open('minor')) or gate_subject('minor', id)));
alter policy resident_minor_change on resident_minor
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('minor')));

alter policy housing_read on housing using (area >= (select scope_lo()) and area < (select scope_hi()));
alter policy housing_change on housing
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('list')));

alter policy housing_file_read on housing_file
  using (area >= (select scope_lo()) and area < (select scope_hi())
    and ((select gate_open('file')) or gate_subject('file', id)));
alter policy housing_file_change on housing_file
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('file')));

alter policy premises_read on premises using (area >= (select scope_lo()) and area < (select scope_hi()));
alter policy premises_change on premises
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('list')));

alter policy premises_file_read on premises_file
  using (area >= (select scope_lo()) and area < (select scope_hi())
    and ((select gate_open('file')) or gate_subject('file', id)));
alter policy premises_file_change on premises_file
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('file')));

alter policy organisation_read on organisation using (area >= (select scope_lo()) and area < (select scope_hi()));
alter policy organisation_change on organisation
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('list')));

alter policy organisation_file_read on organisation_file
  using (area >= (select scope_lo()) and area < (select scope_hi())
    and ((select gate_open('file')) or gate_subject('file', id)));
alter policy organisation_file_change on organisation_file
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('file')));

alter policy household_member_read on household_member
  using (area >= (select scope_lo()) and area < (select scope_hi()));
alter policy household_member_change on household_member
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('list')));

alter policy household_housing_read on household_housing
  using (area >= (select scope_lo()) and area < (select scope_hi()));
alter policy household_housing_change on household_housing
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('list')));

alter policy premises_person_read on premises_person using (area >= (select scope_lo()) and area < (select scope_hi()));
alter policy premises_person_change on premises_person
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('list')));

alter policy archive_change_read on archive_change
  using (area >= (select scope_lo()) and area < (select scope_hi())
    and (gate_open(item_group) or gate_subject(item_group, subject) or gate_subject(item_group, household)));

alter policy archive_claim_read on archive_claim
  using (area >= (select scope_lo()) and area < (select scope_hi())
    and (gate_open(item_group) or gate_subject(item_group, subject)));
alter policy archive_claim_change on archive_claim
  using (area >= (select scope_lo()) and area < (select scope_hi()) and gate_write(item_group));

alter policy archive_token_read on archive_token using (area >= (select scope_lo()) and area < (select scope_hi()));
alter policy archive_token_drop on archive_token
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('list')));

alter policy area_tally_read on area_tally using (area >= (select scope_lo()) and area < (select scope_hi()));
alter policy area_tally_change on area_tally
  using (area >= (select scope_lo()) and area < (select scope_hi()) and (select gate_write('list')));

alter policy audit_entry_looks on audit_entry
  using (area >= (select scope_lo()) and area < (select scope_hi())
    and subject is not null and kind in ('look', 'change'));

alter policy document_read on document
  using (area >= (select scope_lo()) and area < (select scope_hi())
    and (gate_open(item_group) or gate_subject(item_group, subject) or gate_subject(item_group, id)));
alter policy document_retire on document
  using (area >= (select scope_lo()) and area < (select scope_hi()) and gate_write(item_group));

alter policy area_read on area
  using ((lo < (select scope_hi()) and hi > (select scope_lo()))
    or (lo < (select admin_hi()) and hi > (select admin_lo())));
drop function area_in_sight(bigint, bigint);
