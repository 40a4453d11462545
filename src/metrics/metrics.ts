import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { HttpTally } from './http-tally.ts';

/** A number that is read when somebody asks for the metrics. */
export interface GaugeSource {
	/** Prometheus name, such as `duress_rooms`. */
	readonly name: string;
	readonly help: string;
	read(): number | Promise<number>;
}

/** The metrics of one server. Nothing is global: each server has its own registry. */
export class Metrics {
	readonly http = new HttpTally();
	readonly #registry = new Registry();
	readonly #events: Counter<'type'>;

	/** `processMetrics` adds Node's own (CPU, memory, event loop); once per process, since they keep observers. */
	constructor(options: { readonly gauges?: Iterable<GaugeSource>; readonly processMetrics?: boolean } = {}) {
		const registers = [this.#registry];
		const { http } = this;
		new Counter({
			name: 'duress_http_requests_total',
			help: 'Answered HTTP requests by method, route pattern and status.',
			labelNames: ['method', 'route', 'status'],
			registers,
			collect() {
				this.reset();
				for (const { method, route, status, count } of http.counts()) this.inc({ method, route, status }, count);
			},
		});
		this.#events = new Counter({
			name: 'duress_request_events_total',
			help: 'What happened to requests for help: opened, taken, completed, cancelled, dropped.',
			labelNames: ['type'],
			registers,
		});
		for (const gauge of options.gauges ?? []) this.addGauge(gauge);
		if (options.processMetrics === true) collectDefaultMetrics({ register: this.#registry });
	}

	addGauge(source: GaugeSource): void {
		new Gauge({
			name: source.name,
			help: source.help,
			registers: [this.#registry],
			async collect() {
				this.set(await source.read());
			},
		});
	}

	/** Counts an event of the registry; give it to the store as its `onEvent`. */
	readonly countEvent = (event: { readonly type: string }): void => this.#events.inc({ type: event.type });

	/** The Prometheus text format. */
	render(): Promise<string> {
		return this.#registry.metrics();
	}

	get contentType(): string {
		return this.#registry.contentType;
	}
}
