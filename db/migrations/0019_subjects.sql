-- What is done from the command line under an administrator's post passes the gate like a request of theirs: by a
-- session of its own kind, which the command opens and ends.

alter table session drop constraint session_method_check;
alter table session add constraint session_method_check check (method in ('password', 'oidc', 'command'));
comment on column session.method is 'password, oidc for single sign-on, or command for a command of whoever holds the server, under this account''s post';
