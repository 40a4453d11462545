import type { Page } from 'playwright-core';

/** How one connection of a browser went, in ms. */
export interface BrowserHandshake {
	/** Until ICE was up; undefined when it never was. */
	readonly iceMs: number | undefined;
	/** From then until the browser had its keys; undefined when it had none in time. */
	readonly dtlsMs: number | undefined;
	/** Whether the connection was still up a moment after. */
	readonly stayed: boolean;
}

function isHandshake(value: unknown): value is BrowserHandshake {
	return typeof value === 'object' && value !== null && 'stayed' in value && typeof value.stayed === 'boolean';
}

/** How long a browser may look for a path, which is none of DTLS's time. */
const ICE_WITHIN_MS = 20_000;

/** What the server sends unasked after its keys are there has arrived by then. */
const STAYS_MS = 700;

/**
 * Watches by `url` in a new connection of the page, through `port` of this machine whatever candidates the server names, until DTLS is
 * done or `withinMs` have passed since ICE was up.
 */
export async function shakeHands(page: Page, url: string, port: number, withinMs: number): Promise<BrowserHandshake> {
	const outcome: unknown = await page.evaluate(`(async () => {
		const peer = new RTCPeerConnection();
		const socket = new WebSocket(${JSON.stringify(url)});
		const candidate = 'a=candidate:1 1 udp 2130706431 127.0.0.1 ${port} typ host\\r\\n';
		const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
		const begunMs = performance.now();
		let iceMs, dtlsMs;
		const done = new Promise((resolve) => {
			const watch = (dtls) => {
				dtls.onstatechange = () => {
					if (dtls.state === 'connected') dtlsMs ??= performance.now();
					if (dtls.state !== 'connecting') resolve();
				};
				dtls.iceTransport.onstatechange = () => {
					if (dtls.iceTransport.state !== 'connected' || iceMs !== undefined) return;
					iceMs = performance.now();
					wait(${withinMs}).then(resolve);
				};
			};
			socket.onmessage = async ({ data }) => {
				const message = JSON.parse(data);
				if (message.event !== 'offer') return;
				const { type, sdp } = JSON.parse(message.data);
				await peer.setRemoteDescription({ type, sdp: sdp.replace(/(^a=candidate:.*\\r\\n)+/gm, candidate) });
				const answer = await peer.createAnswer();
				const isFirst = peer.localDescription === null;
				await peer.setLocalDescription(answer);
				if (isFirst) watch(peer.getReceivers()[0].transport);
				socket.send(JSON.stringify({ event: 'answer', data: JSON.stringify(peer.localDescription) }));
			};
			wait(${ICE_WITHIN_MS}).then(() => iceMs === undefined && resolve());
		});
		await done;
		if (dtlsMs !== undefined) await wait(${STAYS_MS});
		const stayed = peer.getReceivers()[0]?.transport?.state === 'connected';
		peer.close();
		socket.close();
		iceMs ??= dtlsMs;
		return { iceMs: iceMs && iceMs - begunMs, dtlsMs: dtlsMs && dtlsMs - iceMs, stayed };
	})()`);
	if (!isHandshake(outcome)) throw new Error(`the page said ${JSON.stringify(outcome)}`);
	return outcome;
}
