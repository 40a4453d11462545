import type { RunningServer } from '../support/start-server.ts';

export interface HelpSession {
	readonly roomId: string;
	readonly streamId: string;
	readonly broadcasterWs: string;
	readonly viewerWebsocketUrl: string;
}

/** Somebody presses help. */
export async function pressHelp(server: Pick<RunningServer, 'url'>, name: string): Promise<HelpSession> {
	const response = await post(server, '/duress/help', { name, zone: 'Ward 3' });
	if (response.status !== 200) throw new Error(`help was answered ${response.status}`);
	return (await response.json()) as HelpSession;
}

export async function post(server: Pick<RunningServer, 'url'>, path: string, body: Readonly<Record<string, string>>): Promise<Response> {
	return await fetch(`${server.url}${path}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body),
	});
}

/** The server's gauges and counters without labels, by name. */
export async function readMetrics(server: Pick<RunningServer, 'url'>): Promise<ReadonlyMap<string, number>> {
	const text = await (await fetch(`${server.url}/metrics`)).text();
	const lines = text.split('\n').map((line) => /^(\w+) (\S+)$/.exec(line));
	return new Map(lines.flatMap((match) => (match?.[1] === undefined ? [] : [[match[1], Number(match[2])] as const])));
}
