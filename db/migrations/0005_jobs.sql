-- Long work as jobs (DESIGN.md, rule 8): the queue, what each job works on, the schedules.
-- The role minqing_steward runs the queue and the jobs of the house itself. It owns nothing, bypasses nothing, has no
-- session, and reaches of other tables only what a migration grants it for one kind of job (gate_kind).

create function gate_post() returns uuid language sql stable parallel safe
  return nullif(current_setting('minqing.post', true), '')::uuid;
comment on function gate_post is 'The post acted under; null without one';

create function gate_kind(wanted text) returns boolean language sql stable parallel safe
  return coalesce(current_setting('minqing.kind', true), '') = wanted;
comment on function gate_kind is 'Whether the transaction is a step of a system job of this kind';

create table job (
  id uuid primary key,
  kind text collate "C" not null,
  account uuid references account (id),
  post uuid references post (id),
  role text,
  lo bigint,
  hi bigint,
  state text collate "C" not null default 'queued'
    check (state in ('queued', 'running', 'pausing', 'cancelling', 'paused', 'done', 'failed', 'cancelled', 'refused')),
  due_at timestamptz not null,
  failures smallint not null default 0,
  problem text collate "C",
  done bigint not null default 0,
  total bigint,
  stage text collate "C",
  rate float8,
  measured_at timestamptz,
  lease uuid,
  seen_at timestamptz,
  created_at timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz,
  check ((account is null) = (post is null) and (post is null) = (lo is null) and (lo is null) = (hi is null)),
  check ((state in ('running', 'pausing', 'cancelling')) = (lease is not null) and (lease is null) = (seen_at is null)),
  check ((state in ('done', 'failed', 'cancelled', 'refused')) = (ended_at is not null))
);
create index job_account on job (account, id);
create index job_queued on job (due_at, id) where state = 'queued';
create index job_leased on job (seen_at) where lease is not null;
create index job_ended on job (ended_at) where ended_at is not null;
comment on table job is 'Long work: what it is, where it stands; nothing of residents';
comment on column job.id is 'UUIDv7';
comment on column job.kind is 'Key of the kind in the program''s registry';
comment on column job.account is 'Who started it; null for a job of the house (schedule, command line)';
comment on column job.post is 'The post it was started under, and whose rights it has';
comment on column job.role is 'Role of that post';
comment on column job.lo is 'Lowest area code of that post at the start';
comment on column job.hi is 'First area code above the range of that post at the start';
comment on column job.state is 'queued, running, pausing and cancelling (asked to, at the end of the step), paused; done, failed, cancelled, refused (the post has ended)';
comment on column job.due_at is 'Not taken up before this instant (back-off after a failure)';
comment on column job.failures is 'Failures and lost workers since it was started or resumed by hand';
comment on column job.problem is 'Key in the catalogue of problems of the last failure';
comment on column job.done is 'How much is done, in units of the kind';
comment on column job.total is 'Out of how much; null while unknown';
comment on column job.stage is 'Key of the stage in the kind''s definition';
comment on column job.rate is 'Units a second, smoothed';
comment on column job.measured_at is 'When done and rate were written';
comment on column job.lease is 'Held by the one worker that runs it; another one after a takeover';
comment on column job.seen_at is 'Last sign of life of that worker';
comment on column job.created_at is 'When it was started by somebody or a schedule';
comment on column job.started_at is 'When a worker first took it up';
comment on column job.ended_at is 'When it came to its end';

create table job_content (
  job uuid primary key references job (id) on delete cascade,
  account uuid,
  post uuid,
  input bytea not null,
  checkpoint bytea,
  result bytea,
  detail bytea
);
comment on table job_content is 'What a job works on and brings; open to its starter under the same post only, a job of the house to the system administrator';
comment on column job_content.job is 'The job';
comment on column job_content.account is 'Who started it, copied so that the policy needs no join';
comment on column job_content.post is 'The post it was started under';
comment on column job_content.input is 'Input as JSON, encrypted';
comment on column job_content.checkpoint is 'State after the last step as JSON, encrypted; written by the step''s own transaction';
comment on column job_content.result is 'Result as JSON (a file''s id, counts), encrypted';
comment on column job_content.detail is 'Words on the last failure in both languages as JSON, encrypted';

create table job_schedule (
  kind text collate "C" primary key,
  cron text collate "C" not null,
  next_at timestamptz not null
);
comment on table job_schedule is 'When jobs of the house are due next';
comment on column job_schedule.kind is 'Key of the kind';
comment on column job_schedule.cron is 'Five fields, read in Asia/Shanghai; written by the program';
comment on column job_schedule.next_at is 'When the next one is queued';

alter table job enable row level security;
alter table job_content enable row level security;
alter table job_schedule enable row level security;

create policy job_read on job for select to minqing_server
  using (account = gate_account() or (gate_admin('system') and (lo is null or (lo >= admin_lo() and hi <= admin_hi()))));
create policy job_add on job for insert to minqing_server
  with check (account = gate_account() and post = gate_post()
    and lo = coalesce(scope_lo(), admin_lo()) and hi = coalesce(scope_hi(), admin_hi()));
create policy job_change on job for update to minqing_server
  using (account = gate_account() or (gate_admin('system') and (lo is null or (lo >= admin_lo() and hi <= admin_hi()))))
  with check (account = gate_account() or (gate_admin('system') and (lo is null or (lo >= admin_lo() and hi <= admin_hi()))));
create policy job_queue on job for all to minqing_steward using (true) with check (true);
create policy job_kept on job as restrictive for delete to minqing_steward
  using (gate_kind('housekeeping') and ended_at is not null);
create policy job_content_read on job_content for select to minqing_server
  using ((account = gate_account() and post = gate_post()) or (account is null and gate_admin('system')));
create policy job_content_add on job_content for insert to minqing_server
  with check (account = gate_account() and post = gate_post());
create policy job_content_queue on job_content for all to minqing_steward using (true) with check (true);
create policy job_schedule_queue on job_schedule for all to minqing_steward using (true) with check (true);

-- The lease is the worker's alone: who reads a job cannot act as it.
grant select (id, kind, account, post, role, lo, hi, state, due_at, failures, problem, done, total, stage, rate,
  measured_at, created_at, started_at, ended_at) on job to minqing_server;
grant insert (id, kind, account, post, role, lo, hi, due_at, created_at) on job to minqing_server;
grant update (state, due_at, failures, problem, ended_at) on job to minqing_server;
grant select (job, result, detail) on job_content to minqing_server;
grant insert (job, account, post, input) on job_content to minqing_server;
grant select, insert, update, delete on job to minqing_steward;
grant select, insert, update on job_content to minqing_steward;
grant select, insert, update on job_schedule to minqing_steward;

-- The kind 'housekeeping' clears receipts and closed sessions: by their time alone, seeing nothing else of them.
create policy request_receipt_house on request_receipt for all to minqing_steward using (gate_kind('housekeeping'));
grant select (at), delete on request_receipt to minqing_steward;
create policy session_house on session for all to minqing_steward using (gate_kind('housekeeping'));
grant select (expires_at), delete on session to minqing_steward;

create function gate_job_holder(of_job uuid, of_lease uuid, day date)
returns table (account uuid, username text, post uuid, role text, department text, lo bigint, hi bigint)
language sql stable security definer set search_path = public
as $$
  select a.id, a.username, p.id, p.role, p.department, p.lo, p.hi
    from job j join account a on a.id = j.account and a.active
    join post p on p.id = j.post and p.account = j.account
   where j.id = of_job and j.lease = of_lease and post_in_force(p.since, p.until, day)
$$;
comment on function gate_job_holder is 'Who a job acts for, with the post as it stands today; no row once the account or the post has ended';

create function gate_verify_job(of_job uuid, of_lease uuid, acting uuid, acting_lo bigint, acting_hi bigint, day date) returns void
language plpgsql stable security definer set search_path = public
as $$
declare found_state text; holds boolean;
begin
  select j.state, a.active and post_in_force(p.since, p.until, day) and p.lo = acting_lo and p.hi = acting_hi
    into found_state, holds
    from job j
    left join account a on a.id = j.account
    left join post p on p.id = j.post and p.account = j.account
   where j.id = of_job and j.lease = of_lease
     and j.post is not distinct from acting and j.account is not distinct from gate_account();
  if not found then
    raise exception 'the job is not this worker''s any more' using errcode = 'MQ409';
  end if;
  if acting is not null and holds is not true then
    raise exception 'the post of the job is no longer in force' using errcode = 'MQ403';
  end if;
  if found_state <> 'running' then
    raise exception 'the job is %', found_state using errcode = 'MQ410';
  end if;
end $$;
comment on function gate_verify_job is 'First statement of every transaction of a job: it is still this worker''s, its starter''s account and post still hold, nobody asked it to pause or cancel';

create function gate_job_keep(of_job uuid, of_lease uuid, new_checkpoint bytea, new_done bigint, new_total bigint, new_stage text, new_rate float8, at timestamptz) returns void
language plpgsql security definer set search_path = public
as $$
begin
  update job set done = new_done, total = new_total, stage = new_stage, rate = new_rate, measured_at = at, seen_at = at
   where id = of_job and lease = of_lease;
  if not found then
    raise exception 'the job is not this worker''s any more' using errcode = 'MQ409';
  end if;
  update job_content set checkpoint = new_checkpoint where job = of_job;
end $$;
comment on function gate_job_keep is 'Last statement of every step: the checkpoint commits with the step''s effects, or neither does';

revoke execute on function gate_post, gate_kind, gate_job_holder, gate_verify_job, gate_job_keep from public;
grant execute on function gate_post, gate_verify_job, gate_job_keep to minqing_server;
grant execute on function gate_kind, gate_job_holder, gate_verify_job, gate_job_keep to minqing_steward;
