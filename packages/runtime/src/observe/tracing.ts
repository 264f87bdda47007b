/**
 * Traces, off unless the standard variables of OpenTelemetry ask for them: OTEL_TRACES_EXPORTER=otlp, or an OTLP endpoint. The
 * exporter reads its own variables. Off, nothing of the SDK is loaded.
 */
import type { Transport } from '../transport/port.ts';

export interface Tracing {
  transport(transport: Transport): Transport;
  /** trace_id and span_id of what is at work, for the log; empty outside of a trace. */
  readonly context: (() => Readonly<Record<string, string>>) | undefined;
  /** Sends what waits. */
  close(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

const OFF: Tracing = { transport: (transport) => transport, context: undefined, close: async () => {} };
const CLOSE_MS = 3_000;

export function tracingWanted(environment: Environment): boolean {
  const { OTEL_SDK_DISABLED: disabled, OTEL_TRACES_EXPORTER: exporter, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces } = environment;
  if (disabled?.toLowerCase() === 'true' || exporter === 'none') return false;
  return exporter === 'otlp' || Boolean(endpoint) || Boolean(traces);
}

export async function startTracing(service: string, migration: string, environment: Environment): Promise<Tracing> {
  if (!tracingWanted(environment)) return OFF;
  const [{ trace }, { defaultResource, detectResources, envDetector, resourceFromAttributes }, { NodeTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, { tracedTransport }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('./traced-transport.ts'),
  ]);
  // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win over what we say.
  const resource = defaultResource().merge(resourceFromAttributes({ 'service.name': `causeway-${service}`, 'causeway.migration': migration })).merge(detectResources({ detectors: [envDetector] }));
  const provider = new NodeTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())] });
  // W3C trace context and asynchronous context, as the SDK has them by default.
  provider.register();
  const tracer = provider.getTracer('causeway');
  return {
    transport: (transport) => tracedTransport(transport, tracer),
    context: () => {
      const found = trace.getActiveSpan()?.spanContext();
      return found === undefined ? {} : { trace_id: found.traceId, span_id: found.spanId };
    },
    close: async () => {
      // A collector that is away must not keep the service from ending.
      await Promise.race([provider.shutdown().catch(() => {}), new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref())]);
    },
  };
}
