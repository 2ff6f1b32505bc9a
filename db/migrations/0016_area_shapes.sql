-- The shapes of areas on the map (features/area/shapes). WGS84 degrees, GeoJSON; a new shape ends the one before it,
-- none is overwritten. gate_area_shape is the only way to write one.

create table area_shape (
  code text collate "C" not null references area (code),
  since timestamptz not null,
  until timestamptz,
  geometry jsonb not null,
  west double precision not null,
  south double precision not null,
  east double precision not null,
  north double precision not null,
  square_metres double precision not null,
  lo bigint not null,
  hi bigint not null,
  account uuid,
  post uuid,
  primary key (code, since)
);
create unique index area_shape_now on area_shape (code) where until is null;
create index area_shape_lo on area_shape (lo) where until is null;
comment on table area_shape is 'The shape of an area, and the shapes it had';
comment on column area_shape.code is 'The area';
comment on column area_shape.since is 'From when';
comment on column area_shape.until is 'Until when; null for the shape in force';
comment on column area_shape.geometry is 'GeoJSON Polygon or MultiPolygon, WGS84 (CGCS2000) degrees, to a centimetre';
comment on column area_shape.west is 'Least longitude';
comment on column area_shape.south is 'Least latitude';
comment on column area_shape.east is 'Greatest longitude';
comment on column area_shape.north is 'Greatest latitude';
comment on column area_shape.square_metres is 'Its size';
comment on column area_shape.lo is 'Range of the area, for the policy';
comment on column area_shape.hi is 'First code above it';
comment on column area_shape.account is 'Who drew it; null for an import from the command line';
comment on column area_shape.post is 'Under which post';
alter table area_shape enable row level security;
create policy area_shape_read on area_shape for select to minqing_server
  using ((lo < (select scope_hi()) and hi > (select scope_lo()))
    or (lo < (select admin_hi()) and hi > (select admin_lo())));
grant select on area_shape to minqing_server;

create function area_shape_put(of_code text, shape jsonb, box double precision[], metres double precision, at timestamptz) returns void
language plpgsql set search_path = public
as $$
declare found_area area; began timestamptz;
begin
  select * into strict found_area from area where code = of_code and retired_at is null for update;
  update area_shape s set until = at where s.code = of_code and s.until is null returning s.since into began;
  insert into area_shape (code, since, geometry, west, south, east, north, square_metres, lo, hi, account, post)
  -- Two within a microsecond are still one after the other.
  values (of_code, greatest(at, began + interval '1 microsecond'), shape, box[1], box[2], box[3], box[4], metres, found_area.lo, found_area.hi,
    gate_account(), nullif(current_setting('minqing.post', true), '')::uuid);
end $$;
comment on function area_shape_put is 'Puts a shape in force; for the owner (command line) and gate_area_shape';

create function gate_area_shape(of_code text, shape jsonb, box double precision[], metres double precision, at timestamptz) returns void
language plpgsql security definer set search_path = public
as $$
declare found_area area;
begin
  select * into strict found_area from area where code = of_code and retired_at is null;
  -- A county's outline too is the system administrator's.
  perform require_area_charge(found_area.lo, found_area.hi, greatest(found_area.level, 4));
  perform area_shape_put(of_code, shape, box, metres, at);
end $$;
comment on function gate_area_shape is 'Puts a shape in force; refuses (42501) what is not in the acting post’s charge';

revoke execute on function area_shape_put, gate_area_shape from public;
grant execute on function gate_area_shape to minqing_server;
