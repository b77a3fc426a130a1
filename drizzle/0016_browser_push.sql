ALTER TABLE "alert_channels" DROP CONSTRAINT "alert_channels_user_id_users_id_fk";
--> statement-breakpoint
ALTER TABLE "alerts" DROP CONSTRAINT "alerts_acknowledged_by_users_id_fk";
--> statement-breakpoint
ALTER TABLE "alert_channels" ADD COLUMN "sign_in_id" text;--> statement-breakpoint
ALTER TABLE "alert_channels" ADD COLUMN "endpoint_hash" text;--> statement-breakpoint
ALTER TABLE "alert_channels" ADD CONSTRAINT "alert_channels_sign_in_id_sign_ins_id_fk" FOREIGN KEY ("sign_in_id") REFERENCES "public"."sign_ins"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_channels" ADD CONSTRAINT "alert_channels_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_acknowledged_by_users_id_fk" FOREIGN KEY ("acknowledged_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "alert_channels_browser" ON "alert_channels" USING btree ("endpoint_hash");--> statement-breakpoint
CREATE INDEX "alert_channels_person" ON "alert_channels" USING btree ("user_id");