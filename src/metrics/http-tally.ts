/** Answers by method, route pattern and status: what a request adds to is one number in a map, rendered when somebody asks. */
export class HttpTally {
	readonly #routes = new Map<string, Tally>();

	add(method: string, route: string, status: number): void {
		const key = `${method} ${route}`;
		let tally = this.#routes.get(key);
		if (tally === undefined) {
			tally = { method, route, byStatus: new Map() };
			this.#routes.set(key, tally);
		}
		tally.byStatus.set(status, (tally.byStatus.get(status) ?? 0) + 1);
	}

	*counts(): Generator<{ readonly method: string; readonly route: string; readonly status: number; readonly count: number }> {
		for (const { method, route, byStatus } of this.#routes.values()) {
			for (const [status, count] of byStatus) yield { method, route, status, count };
		}
	}
}

interface Tally {
	readonly method: string;
	readonly route: string;
	readonly byStatus: Map<number, number>;
}
