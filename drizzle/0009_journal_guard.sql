-- The journal only ever grows. By grant: bbs_app may read and add, nothing else (bbs_owner's default grants give it more). With one
-- role from outside there is no bbs_app; then only the triggers stand, and they stop everybody who does not own the table.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'bbs_app') THEN
    REVOKE ALL ON TABLE public.journal_entries FROM bbs_app;
    GRANT SELECT, INSERT ON TABLE public.journal_entries TO bbs_app;
  END IF;
END $$;--> statement-breakpoint
CREATE FUNCTION public.refuse_journal_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'the journal is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;--> statement-breakpoint
CREATE TRIGGER journal_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON public.journal_entries
  FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_journal_change();--> statement-breakpoint
-- An entry stands only behind the last one and names its hash: no gap, no second branch, no number that blocks those to come.
CREATE FUNCTION public.demand_journal_chain() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  last_entry record;
BEGIN
  SELECT id, hash INTO last_entry FROM public.journal_entries ORDER BY id DESC LIMIT 1;
  IF NEW.id <> coalesce(last_entry.id, 0) + 1
    OR NEW.previous_hash <> coalesce(last_entry.hash, repeat('0', 64))
    OR NEW.hash !~ '^[0-9a-f]{64}$' THEN
    RAISE EXCEPTION 'journal entry % does not follow entry %', NEW.id, coalesce(last_entry.id, 0)
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;--> statement-breakpoint
CREATE TRIGGER journal_entries_chain BEFORE INSERT ON public.journal_entries
  FOR EACH ROW EXECUTE FUNCTION public.demand_journal_chain();
