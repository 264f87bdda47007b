/** Schemas and values as frameworks write them: each has its own idea of a boolean, a date, a decimal and a key. */
import { sqlDatabase } from './sql-database.ts';

/** Rows 1 to n of a select that may use i. */
const series = (n: number, into: string, select: string): string => `WITH RECURSIVE k (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < ${n}) INSERT INTO ${into} SELECT ${select} FROM k;`;

export const frameworkDatabases = [
  sqlDatabase({
    name: 'framework-rails',
    title: "Rails: datetime(6), booleans as 0 and 1, and as 't' and 'f' in a table of Rails 5",
    cites: ['12', '13', '27'],
    sql: `
      CREATE TABLE "schema_migrations" ("version" varchar NOT NULL PRIMARY KEY);
      CREATE TABLE "ar_internal_metadata" ("key" varchar NOT NULL PRIMARY KEY, "value" varchar, "created_at" datetime(6) NOT NULL, "updated_at" datetime(6) NOT NULL);
      CREATE TABLE "users" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "email" varchar DEFAULT '' NOT NULL, "encrypted_password" varchar DEFAULT '' NOT NULL, "admin" boolean DEFAULT 0, "sign_in_count" integer DEFAULT 0 NOT NULL, "last_sign_in_at" datetime(6) DEFAULT NULL, "balance" decimal(10,2) DEFAULT '0.0', "settings" json DEFAULT '{}', "created_at" datetime(6) NOT NULL, "updated_at" datetime(6) NOT NULL);
      CREATE UNIQUE INDEX "index_users_on_email" ON "users" ("email");
      CREATE TABLE "posts" ("id" integer NOT NULL PRIMARY KEY, "title" varchar(255), "body" text, "published" boolean DEFAULT 'f' NOT NULL, "user_id" integer, "rating" float, "published_on" date, CONSTRAINT "fk_rails_5b5ddfd518" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE);
      CREATE INDEX "index_posts_on_user_id_and_published_on" ON "posts" ("user_id", "published_on") WHERE published = 't';
      CREATE TABLE "active_storage_blobs" ("id" integer NOT NULL PRIMARY KEY, "key" varchar NOT NULL, "metadata" text, "byte_size" bigint NOT NULL, "checksum" varchar);
      INSERT INTO schema_migrations VALUES ('20240101120000'), ('20240301000000'); INSERT INTO ar_internal_metadata VALUES ('environment', 'production', '2024-01-01 12:00:00.123456', '2024-01-01 12:00:00.123456');
      ${series(60, 'users', "i, 'user' || i || '@example.org', '$2a$12$' || hex(i), i % 7 = 0, i, CASE WHEN i % 3 THEN datetime('2024-01-01', i || ' hours') || '.000001' END, i * 1.25, json_object('theme', i), '2024-01-01 00:00:00.000000', '2024-01-02 03:04:05.678901'")}
      ${series(150, 'posts', "i, 'Post ' || i, 'Body', CASE WHEN i % 2 THEN 't' ELSE 'f' END, 1 + i % 60, i / 7.0, date('2024-01-01', i || ' days')")}
      INSERT INTO active_storage_blobs VALUES (1, 'abc', '{"identified":true}', 123456789012, 'x==');`,
    expect: { outcome: 'equal', rows: { users: 60, posts: 150, schema_migrations: 2, ar_internal_metadata: 1, active_storage_blobs: 1 } },
  }),
  sqlDatabase({
    name: 'framework-laravel',
    title: 'Laravel: tinyint(1), varchar without lengths, timestamps without zone, unsigned keys, enum by CHECK',
    cites: ['12', '23', '50'],
    sql: `
      CREATE TABLE "migrations" ("id" integer primary key autoincrement not null, "migration" varchar not null, "batch" integer not null);
      CREATE TABLE "users" ("id" integer primary key autoincrement not null, "name" varchar not null, "email" varchar not null, "email_verified_at" datetime, "remember_token" varchar, "is_admin" tinyint(1) not null default '0', "role" varchar check ("role" in ('admin', 'user')) not null default 'user', "created_at" datetime, "updated_at" datetime, "deleted_at" datetime);
      CREATE UNIQUE INDEX "users_email_unique" on "users" ("email");
      CREATE TABLE "sessions" ("id" varchar not null, "user_id" integer, "payload" text not null, "last_activity" integer not null, primary key ("id"));
      CREATE TABLE "jobs" ("id" integer primary key autoincrement not null, "queue" varchar not null, "payload" text not null, "attempts" integer not null, "reserved_at" integer, "available_at" integer not null);
      CREATE TABLE "order_items" ("id" integer primary key autoincrement not null, "price" numeric not null, "uuid" varchar not null, "meta" text, "user_id" integer not null, foreign key("user_id") references "users"("id") on delete cascade);
      CREATE TABLE "role_user" ("user_id" integer not null, "role_id" integer not null, primary key ("user_id", "role_id"));
      INSERT INTO migrations VALUES (1, '0001_01_01_000000_create_users_table', 1);
      ${series(40, 'users', "i, 'N' || i, 'e' || i || '@x.org', CASE WHEN i % 2 THEN '2024-05-01 10:00:00' END, NULL, i % 2, CASE WHEN i = 1 THEN 'admin' ELSE 'user' END, '2024-05-01 10:00:00', '2024-05-01 10:00:00', NULL")}
      INSERT INTO sessions VALUES ('vK9', 1, 'YToyOnt9', 1714557600), ('vk9', NULL, 'YTo', 1714557601);
      ${series(40, 'order_items', "i, i * 19.99, lower(hex(zeroblob(4))) || '-0000-4000-8000-' || printf('%012x', i), json_object('q', i), i")}
      ${series(40, 'role_user', 'i, i % 3')}`,
    expect: { outcome: 'equal', rows: { migrations: 1, users: 40, sessions: 2, jobs: 0, order_items: 40, role_user: 40 } },
  }),
  sqlDatabase({
    name: 'framework-prisma',
    title: 'Prisma: DateTime as milliseconds beside the text that CURRENT_TIMESTAMP wrote, cuid keys, BigInt, Bytes',
    cites: ['29', '31'],
    sql: `
      CREATE TABLE "User" ("id" TEXT NOT NULL PRIMARY KEY, "email" TEXT NOT NULL, "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, "updatedAt" DATETIME NOT NULL, "credits" BIGINT NOT NULL DEFAULT 0, "price" DECIMAL NOT NULL DEFAULT 0, "avatar" BLOB, "settings" JSONB, "active" BOOLEAN NOT NULL DEFAULT true);
      CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
      CREATE TABLE "_PostToTag" ("A" TEXT NOT NULL, "B" TEXT NOT NULL, CONSTRAINT "_PostToTag_A_fkey" FOREIGN KEY ("A") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE);
      CREATE UNIQUE INDEX "_PostToTag_AB_unique" ON "_PostToTag"("A", "B");
      CREATE TABLE "_prisma_migrations" ("id" TEXT PRIMARY KEY NOT NULL, "checksum" TEXT NOT NULL, "finished_at" DATETIME, "migration_name" TEXT NOT NULL, "logs" TEXT, "rolled_back_at" DATETIME, "started_at" DATETIME NOT NULL DEFAULT current_timestamp, "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0);
      ${series(50, '"User"', "'clx' || printf('%08d', i), 'u' || i || '@x', CASE WHEN i % 2 THEN 1714557600000 + i ELSE '2024-05-01 10:00:00' END, 1714557600123 + i, 9007199254740993 + i, i / 8.0, x'00ff', '{\"a\":1}', i % 2")}
      INSERT INTO "_PostToTag" SELECT "id", 'tag' FROM "User";
      INSERT INTO "_prisma_migrations" VALUES ('6b3e0f2a-0000-4000-8000-000000000001', 'ab', 1714557600000, '20240501_init', NULL, NULL, 1714557599000, 1);`,
    expect: { outcome: 'equal', rows: { User: 50, _PostToTag: 50, _prisma_migrations: 1 } },
  }),
  sqlDatabase({
    name: 'framework-entity-framework',
    title: 'Entity Framework: dates of seven digits, GUIDs in capitals, decimals and time spans as TEXT',
    cites: ['25', '27', '32'],
    sql: `
      CREATE TABLE "__EFMigrationsHistory" ("MigrationId" TEXT NOT NULL CONSTRAINT "PK___EFMigrationsHistory" PRIMARY KEY, "ProductVersion" TEXT NOT NULL);
      CREATE TABLE "AspNetUsers" ("Id" TEXT NOT NULL CONSTRAINT "PK_AspNetUsers" PRIMARY KEY, "UserName" TEXT NULL COLLATE NOCASE, "EmailConfirmed" INTEGER NOT NULL, "LockoutEnd" TEXT NULL, "AccessFailedCount" INTEGER NOT NULL, "RowVersion" BLOB, "Balance" TEXT NOT NULL DEFAULT '0.0');
      CREATE TABLE "Items" ("Id" INTEGER NOT NULL CONSTRAINT "PK_Items" PRIMARY KEY AUTOINCREMENT, "Guid" TEXT NOT NULL, "DateCreated" datetime NOT NULL, "Duration" TEXT NOT NULL, "OwnerId" TEXT NULL, CONSTRAINT "FK_Items_AspNetUsers_OwnerId" FOREIGN KEY ("OwnerId") REFERENCES "AspNetUsers" ("Id") ON DELETE RESTRICT);
      CREATE INDEX "IX_Items_OwnerId" ON "Items" ("OwnerId"); CREATE UNIQUE INDEX "UserNameIndex" ON "AspNetUsers" ("UserName");
      INSERT INTO "__EFMigrationsHistory" VALUES ('20240101_Initial', '8.0.1');
      ${series(30, '"AspNetUsers"', "printf('%08X-0000-4000-8000-0000000000AA', i), 'User' || i, i % 2, '2024-05-01 10:00:00.1234567+00:00', 0, randomblob(8), '12.50'")}
      ${series(90, '"Items"', "i, printf('%08X-ABCD-4000-8000-0000000000AA', i), '2024-05-01 10:00:00.' || printf('%07d', i), '1.02:03:04.5670000', printf('%08X-0000-4000-8000-0000000000AA', 1 + i % 30)")}`,
    expect: { outcome: 'equal', rows: { __EFMigrationsHistory: 1, AspNetUsers: 30, Items: 90 }, note: 'seven digits do not fit microseconds: such a column stays text' },
  }),
  sqlDatabase({
    name: 'framework-ecto',
    title: 'Ecto: TEXT keys, dates with T, decimals as text in DECIMAL columns, arrays and maps as JSON',
    cites: ['9', '26', '27'],
    sql: `
      CREATE TABLE "schema_migrations" ("version" INTEGER PRIMARY KEY, "inserted_at" TEXT);
      CREATE TABLE "accounts" ("id" TEXT PRIMARY KEY, "amount" DECIMAL, "tags" TEXT DEFAULT ('[]') NOT NULL, "data" JSON DEFAULT ('{}'), "confirmed" BOOLEAN DEFAULT false NOT NULL, "inserted_at" TEXT NOT NULL, "at" TEXT_DATETIME, "n" NUMERIC(12, 4));
      INSERT INTO schema_migrations VALUES (20240501000000, '2024-05-01T10:00:00');
      ${series(40, 'accounts', "lower(hex(randomblob(4))) || '-0000-4000-8000-' || printf('%012x', i), printf('%d.%02d', i, i), '[\"a\"]', '{\"i\":' || i || '}', i % 2, '2024-05-01T10:00:00.123456Z', '2024-05-01T10:00:00', i / 16.0")}`,
    expect: { outcome: 'equal', rows: { accounts: 40, schema_migrations: 1 } },
  }),
  sqlDatabase({
    name: 'framework-home-assistant',
    title: 'Home Assistant: seconds as doubles, 16-byte ids as blobs, unused columns, circular keys',
    cites: ['6', '29', '48'],
    sql: `
      CREATE TABLE event_types (event_type_id INTEGER NOT NULL, event_type VARCHAR(64), PRIMARY KEY (event_type_id));
      CREATE TABLE states_meta (metadata_id INTEGER NOT NULL, entity_id VARCHAR(255), PRIMARY KEY (metadata_id));
      CREATE TABLE states (state_id INTEGER NOT NULL, entity_id CHAR(0), state VARCHAR(255), attributes CHAR(0), event_id SMALLINT, last_changed CHAR(0), last_changed_ts FLOAT, last_updated_ts FLOAT, old_state_id INTEGER, attributes_id INTEGER, origin_idx SMALLINT, context_id_bin BLOB, metadata_id INTEGER, PRIMARY KEY (state_id), FOREIGN KEY(old_state_id) REFERENCES states (state_id), FOREIGN KEY(metadata_id) REFERENCES states_meta (metadata_id));
      CREATE INDEX ix_states_metadata_id_last_updated_ts ON states (metadata_id, last_updated_ts); CREATE INDEX ix_states_context_id_bin ON states (context_id_bin);
      CREATE TABLE statistics (id INTEGER NOT NULL, created_ts FLOAT, metadata_id INTEGER, start_ts FLOAT, mean FLOAT, sum FLOAT, PRIMARY KEY (id), FOREIGN KEY(metadata_id) REFERENCES states_meta (metadata_id) ON DELETE CASCADE);
      CREATE UNIQUE INDEX ix_statistics_statistic_id_start_ts ON statistics (metadata_id, start_ts);
      INSERT INTO states_meta VALUES (1, 'sensor.one'), (2, 'sensor.two');
      ${series(300, 'states', "i, NULL, i / 3.0, NULL, NULL, NULL, NULL, 1714557600.1234567 + i / 7.0, CASE WHEN i > 2 THEN i - 2 END, i % 5, 0, randomblob(16), 1 + i % 2")}
      ${series(50, 'statistics', 'i, 1714557600.5 + i, 1 + i % 2, 1714557600.0 + i * 3600, i / 9.0, i * 1e9')}`,
    expect: { outcome: 'equal', rows: { event_types: 0, states: 300, statistics: 50, states_meta: 2 } },
  }),
  sqlDatabase({
    name: 'framework-core-data',
    title: 'Core Data: TIMESTAMP columns with seconds since 2001, keys of Z_ tables, optional booleans',
    cites: ['29'],
    sql: `
      CREATE TABLE Z_PRIMARYKEY (Z_ENT INTEGER PRIMARY KEY, Z_NAME VARCHAR, Z_SUPER INTEGER, Z_MAX INTEGER);
      CREATE TABLE ZNOTE (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZFLAG INTEGER, ZCREATED TIMESTAMP, ZTEXT VARCHAR, ZDATA BLOB, ZUUID BLOB, ZAMOUNT DECIMAL);
      CREATE TABLE Z_1TAGS (Z_1NOTES INTEGER, Z_2TAGS INTEGER, PRIMARY KEY (Z_1NOTES, Z_2TAGS));
      CREATE TABLE Z_METADATA (Z_VERSION INTEGER PRIMARY KEY, Z_UUID VARCHAR(255), Z_PLIST BLOB);
      INSERT INTO Z_PRIMARYKEY VALUES (1, 'Note', 0, 20); INSERT INTO Z_METADATA VALUES (1, '0B4D0F2C-0000-4000-8000-000000000000', x'62706c6973743030');
      ${series(20, 'ZNOTE', "i, 1, 1, i % 2, 736258800.25 + i * 0.1, 'note', x'00', randomblob(16), i / 4.0")}
      ${series(20, 'Z_1TAGS', 'i, i * 2')}`,
    expect: { outcome: 'equal', rows: { Z_PRIMARYKEY: 1, ZNOTE: 20, Z_1TAGS: 20, Z_METADATA: 1 } },
  }),
  sqlDatabase({
    name: 'framework-xorm',
    title: 'Grafana and Gitea by xorm: integers for booleans, DATETIME with zone text, unix seconds, backticks',
    cites: ['12', '28', '29', '54'],
    sql:
      'CREATE TABLE `user` (`id` INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, `login` TEXT NOT NULL, `is_admin` INTEGER NOT NULL, `created` DATETIME NOT NULL, `help_flags1` INTEGER NOT NULL DEFAULT 0, `created_unix` INTEGER NULL, `last_seen_at` DATETIME NULL);' +
      'CREATE UNIQUE INDEX `UQE_user_login` ON `user` (`login`); CREATE TABLE `dashboard` (`id` INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, `data` TEXT NOT NULL, `org_id` INTEGER NOT NULL, `created` DATETIME NOT NULL, `is_folder` INTEGER NOT NULL DEFAULT 0, `has_acl` BOOL NULL, `uid` TEXT NULL);' +
      'CREATE TABLE `order` (`id` INTEGER PRIMARY KEY, `group` TEXT, `select` INTEGER);' +
      series(30, '`user`', "i, 'login' || i, i = 1, '2024-05-01 10:00:00', 0, 1714557600 + i, '2024-05-01 12:00:00+02:00'") +
      series(30, '`dashboard`', "i, '{\"title\":\"' || i || '\"}', 1, '2024-05-01T10:00:00Z', i % 2, i % 2, 'uid' || i") +
      "INSERT INTO `order` VALUES (1, 'g', 2);",
    expect: { outcome: 'equal', rows: { user: 30, dashboard: 30, order: 1 } },
  }),
  sqlDatabase({
    name: 'framework-collation-of-its-own',
    title: "Drupal and others: columns, keys and indexes under a collation that only the application's connection has",
    cites: ['46', '53'],
    sql: `
      CREATE TABLE node (nid INTEGER PRIMARY KEY AUTOINCREMENT CHECK (nid >= 0), langcode VARCHAR(12) NOT NULL, title VARCHAR(255) NOT NULL);
      CREATE TABLE key_value (collection VARCHAR(128) NOT NULL DEFAULT '', name VARCHAR(128) NOT NULL DEFAULT '', value BLOB NOT NULL, PRIMARY KEY (collection, name));
      CREATE TABLE tag (name TEXT NOT NULL, nid INTEGER REFERENCES node (nid), parent TEXT REFERENCES tag (name));
      CREATE UNIQUE INDEX tag_name ON tag (name);
      ${series(20, 'node', "i, 'en', 'Node ' || i")}
      ${series(20, 'key_value', "'system', 'k' || i, 'a:1:{s:1:\"x\";i:' || i || ';}'")}
      ${series(20, 'tag', "'t' || i, i, CASE WHEN i > 1 THEN 't' || (i - 1) END")}`,
    fill(db) {
      db.unsafeMode(true);
      db.pragma('writable_schema = on');
      db.exec("UPDATE sqlite_schema SET sql = replace(sql, 'VARCHAR(12) NOT NULL', 'VARCHAR(12) COLLATE NOCASE_UTF8 NOT NULL') WHERE name = 'node'");
      db.exec("UPDATE sqlite_schema SET sql = replace(sql, 'name TEXT NOT NULL', 'name TEXT COLLATE NOCASE_UTF8 NOT NULL') WHERE name = 'tag'");
      db.pragma('writable_schema = off');
    },
    expect: { outcome: 'equal', rows: { node: 20, key_value: 20, tag: 20 } },
  }),
];
