/** Words that the two databases have for the same. */
export interface Dialect {
  readonly newId: string;
  readonly body: string;
}

export const SQLITE: Dialect = { newId: "lower(hex(randomblob(12)))", body: "x'7b7d'" };
export const POSTGRES: Dialect = {
  newId: "substr(md5(random()::text || clock_timestamp()::text), 1, 24)",
  body: "'\\x7b7d'::bytea",
};

/** What is to stand in the tables before anything is measured. */
export interface Rows {
  readonly tenantId: string;
  /** Deliveries, one an event. */
  readonly count: number;
  readonly endpoints: number;
  /** Hours that are counted for each endpoint. */
  readonly hours: number;
  readonly nowMs: number;
  /** What is older than this is past its days. */
  readonly keepMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Rows as decisions and attempts would leave them, by SQL alone: the older half delivered and past its days, the younger
 * half waiting for all endpoints in turn; ids in no order.
 */
export function seedOf({ newId, body }: Dialect, rows: Rows): string {
  const { tenantId, count, endpoints, hours, nowMs, keepMs } = rows;
  const half = Math.floor(count / 2);
  const createdAt = `case when i <= ${half} then ${nowMs - 2 * keepMs} + i else ${nowMs - DAY_MS} + i end`;
  const numbers = (last: number): string =>
    `with recursive n (i) as (select 1 union all select i + 1 from n where i < ${last})`;
  const hourMs = nowMs - (nowMs % HOUR_MS);
  return `
    insert into events (tenant_id, event_id, sequence, subject, outcome, body, test, created_at_ms)
    ${numbers(count)}
    select '${tenantId}', ${newId}, i, 'subject', 'passed', ${body}, 0, ${createdAt} from n;
    insert into feeds (tenant_id, last_sequence) values ('${tenantId}', ${count});
    insert into authentications (tenant_id, authentication_id, customer_id, outcome, event_id, details, sequence, created_at_ms)
    select '${tenantId}', ${newId}, 'ann', 'passed', event_id, '{}', sequence, created_at_ms from events;
    insert into deliveries (tenant_id, delivery_id, event_id, endpoint_id, sequence, status, attempts, retries_done,
      crashes, due_at_ms, fencing_token, test, created_at_ms, updated_at_ms)
    select '${tenantId}', ${newId}, event_id, 'endpoint-' || (sequence % ${endpoints}), sequence,
      case when sequence <= ${half} then 'delivered' else 'pending' end, case when sequence <= ${half} then 1 else 0 end,
      0, 0, case when sequence <= ${half} then null else created_at_ms end, 0, 0, created_at_ms, created_at_ms
    from events;
    insert into delivery_attempts (tenant_id, delivery_id, number, started_at_ms, duration_ms, result, http_status)
    select '${tenantId}', delivery_id, 1, created_at_ms, 5, 'delivered', 200 from deliveries where status = 'delivered';
    insert into hourly_deliveries (tenant_id, hour_ms, endpoint_id, attempts_delivered, attempts_failed, delivered, dead)
    ${numbers(hours)}
    select '${tenantId}', ${hourMs} - (i - 1) * cast(${HOUR_MS} as bigint), endpoint_id, 60, 1, 59, 0 from n, endpoints;
    insert into hourly_outcomes (tenant_id, hour_ms, outcome, decided)
    ${numbers(hours)}
    select '${tenantId}', ${hourMs} - (i - 1) * cast(${HOUR_MS} as bigint), 'passed', 60000 from n;
    analyze;`;
}
