import * as http from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeOtlpServer {
  readonly url: string;
  /** "metric target value" of each point that was taken. */
  readonly points: string[];
  readonly violations: string[];
  readonly requests: number;
  close(): Promise<void>;
}

type Shape = { [key: string]: Shape | ((value: unknown) => boolean) | [Shape] };

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";
const ATTRIBUTE: Shape = { key: isText, value: { stringValue: (value) => typeof value === "string" } };
/** ExportMetricsServiceRequest, what of it a gauge needs; a field that is not here is a mistake. */
const REQUEST: Shape = {
  resourceMetrics: [
    {
      resource: { attributes: [ATTRIBUTE] },
      scopeMetrics: [
        {
          scope: { name: isText, version: isText },
          metrics: [
            {
              name: isText,
              unit: isText,
              description: (value) => typeof value === "string",
              gauge: {
                dataPoints: [
                  {
                    attributes: [ATTRIBUTE],
                    // A fixed64 is a decimal string in JSON.
                    timeUnixNano: (value) => typeof value === "string" && /^\d{19}$/.test(value),
                    asDouble: (value) => typeof value === "number",
                  },
                ],
              },
            },
          ],
        },
      ],
    },
  ],
};

/** A collector's /v1/metrics that takes OTLP/HTTP in JSON and checks each field by name and type. */
export async function startFakeOtlpServer(
  fault: (request: number) => { status: number; body?: string } | null = () => null,
): Promise<FakeOtlpServer> {
  const points: string[] = [];
  const violations: string[] = [];
  let requests = 0;
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const planned = fault(requests++);
      if (request.method !== "POST" || request.url !== "/v1/metrics")
        violations.push(`${request.method} ${request.url}`);
      if (request.headers["content-type"] !== "application/json") violations.push("content type");
      if (planned !== null && planned.status !== 200) {
        response.writeHead(planned.status);
        return response.end(planned.body ?? "");
      }
      const body = JSON.parse(Buffer.concat(chunks).toString()) as never;
      violations.push(...compare(body, REQUEST, "$"));
      points.push(...pointsOf(body));
      response.writeHead(200, { "content-type": "application/json" });
      return response.end(planned?.body ?? "{}");
    });
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/metrics`,
    points,
    violations,
    get requests() {
      return requests;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function compare(
  value: unknown,
  shape: Shape | ((value: unknown) => boolean) | [Shape],
  path: string,
): string[] {
  if (typeof shape === "function") return shape(value) ? [] : [`${path}: ${JSON.stringify(value)}`];
  if (Array.isArray(shape)) {
    if (!Array.isArray(value) || value.length === 0) return [`${path}: no list`];
    return value.flatMap((each, i) => compare(each, shape[0], `${path}[${i}]`));
  }
  if (typeof value !== "object" || value === null) return [`${path}: no object`];
  const unknown = Object.keys(value).filter((key) => !(key in shape));
  return [
    ...unknown.map((key) => `${path}.${key}: not in the protocol`),
    ...Object.entries(shape).flatMap(([key, inner]) =>
      compare((value as Record<string, unknown>)[key], inner, `${path}.${key}`),
    ),
  ];
}

interface Body {
  resourceMetrics: {
    scopeMetrics: {
      metrics: {
        name: string;
        gauge: {
          dataPoints: { asDouble: number; attributes: { key: string; value: { stringValue: string } }[] }[];
        };
      }[];
    }[];
  }[];
}

function pointsOf(body: Body): string[] {
  return body.resourceMetrics.flatMap(({ scopeMetrics }) =>
    scopeMetrics.flatMap(({ metrics }) =>
      metrics.flatMap(({ name, gauge }) =>
        gauge.dataPoints.map(({ asDouble, attributes }) => {
          const target = attributes.find(({ key }) => key === "target")?.value.stringValue;
          return `${name} ${target} ${asDouble}`;
        }),
      ),
    ),
  );
}
