import type { Notification, NotifiedAlert } from "../../src/patrol/notification.ts";

const START = Date.UTC(2026, 10, 25, 3, 0, 0);

export function sampleAlert(over: Partial<NotifiedAlert> = {}): NotifiedAlert {
  return {
    id: "0f4c1d2e3a5b69788796a5b4c3d2e1f0",
    kind: "threshold",
    target: "checkout",
    rule: "http/slow",
    tier: "P1",
    state: "firing",
    startedMs: START,
    endedMs: null,
    labels: { team: "payments", env: "prod", check: "http" },
    summary: "Checkout is slow: latency_ms = 412 > 300",
    values: { latency_ms: 412 },
    firedInHour: 1,
    finding: null,
    ...over,
  };
}

export const LEAK = sampleAlert({
  id: "9a8b7c6d5e4f30211203f4e5d6c7b8a9",
  kind: "finding",
  target: "cart-7d9f",
  rule: "finding/data/unbounded-map",
  tier: "P2",
  labels: { team: "payments", env: "prod", pattern: "data/unbounded-map", severity: "warning" },
  summary: "A map only grows: 1.2 MB/min at (*Store).Put (store.go:42)",
  values: { bytes_per_second: 20_971 },
  finding: {
    headline: "A map only grows: 1.2 MB/min at (*Store).Put (store.go:42)",
    site: "(*Store).Put (store.go:42)",
    fix: ["Delete entries when the order is closed.", "Bound the cache: an LRU of 10,000 entries."],
  },
});

export function sampleNotification(over: Partial<Notification> = {}): Notification {
  return {
    id: "5d41402abc4b2a76b9719d911017c592",
    receiver: "ops",
    groupLabels: { target: "checkout" },
    tier: "P1",
    state: "firing",
    reminder: false,
    alerts: [sampleAlert()],
    folded: 0,
    stillFiring: 0,
    insteadOf: null,
    patrol: "prod-eu",
    atMs: START + 30_000,
    ...over,
  };
}

/** The cases that docs/notifications.md shows and the contract sends. */
export const SAMPLES: Record<string, Notification> = {
  "one alert": sampleNotification(),
  "several, one over": sampleNotification({
    groupLabels: { team: "payments" },
    alerts: [
      sampleAlert(),
      LEAK,
      sampleAlert({
        target: "cart",
        rule: "tcp/unreachable",
        kind: "availability",
        tier: "P1",
        state: "resolved",
        endedMs: START + 25_000,
        summary: "it answers",
      }),
    ],
    stillFiring: 4,
  }),
  "a storm, folded": sampleNotification({
    groupLabels: {},
    tier: "P0",
    alerts: Array.from({ length: 20 }, (_, i) =>
      sampleAlert({
        id: `${i}`.padStart(32, "0"),
        target: `svc-${i}`,
        tier: i === 0 ? "P0" : "P2",
        firedInHour: i === 0 ? 3 : 1,
      }),
    ),
    folded: 480,
    insteadOf: "wecom-ops",
  }),
  resolved: sampleNotification({
    state: "resolved",
    alerts: [
      sampleAlert({
        state: "resolved",
        endedMs: START + 754_000,
        summary: "Checkout is slow: latency_ms = 210, not > 300",
      }),
    ],
  }),
  reminder: sampleNotification({ reminder: true, atMs: START + 4 * 3_600_000 }),
};

/** Text that must arrive as text: mark-up of every service, mentions, control characters, half a character. */
export const HOSTILE = sampleNotification({
  alerts: [
    sampleAlert({
      target: 'a<b>&"c" {{x}} <@all> @13800138000',
      summary: "</font><at id=all></at> [link](http://evil) **bold** `code` \u0000\ud800 内存增长很快",
    }),
  ],
});

/** Three bytes a character, far more than any service takes. */
export const LONG = sampleNotification({
  tier: "P0",
  alerts: Array.from({ length: 60 }, (_, i) =>
    sampleAlert({
      id: `${i}`.padStart(32, "0"),
      target: `服务-${i}`,
      summary: "内存持续增长".repeat(40 + i * 7),
    }),
  ),
});
