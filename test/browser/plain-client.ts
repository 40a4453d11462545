import type { Page } from 'playwright-core';

/** What a broadcaster sets for its picture by setParameters. */
export interface Encoding {
	readonly scalabilityMode?: string;
	/** Bits per second. */
	readonly maxBitrate?: number;
}

/**
 * A client in a page of the server's origin that knows nothing of the product's own pages: it answers the server's offers.
 * With `codec` it publishes the fake camera and microphone and sends that video codec, as `encoding` says; without it shows what it gets.
 * Its connections are seen by `peerReports` (after `watchPeers`).
 */
export async function runPlainClient(page: Page, socketUrl: string, codec?: string, encoding: Encoding = {}): Promise<void> {
	await page.evaluate(`(async () => {
		const codec = ${JSON.stringify(codec ?? null)};
		const stream = codec === null ? null : await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
		const peer = new RTCPeerConnection();
		peer.ontrack = ({ track }) => {
			const element = document.body.appendChild(document.createElement(track.kind));
			element.autoplay = true;
			element.srcObject = new MediaStream([track]);
		};
		const socket = new WebSocket(${JSON.stringify(socketUrl)});
		globalThis.testErrors = [];
		peer.onicecandidate = ({ candidate }) => {
			if (candidate !== null) socket.send(JSON.stringify({ event: 'candidate', data: JSON.stringify(candidate) }));
		};
		const answerOffer = async (offer) => {
			await peer.setRemoteDescription(offer);
			for (const transceiver of peer.getTransceivers()) {
				const { kind } = transceiver.receiver.track;
				const track = stream?.getTracks().find((candidate) => candidate.kind === kind);
				if (track === undefined || transceiver.sender.track !== null) continue;
				await transceiver.sender.replaceTrack(track);
				transceiver.direction = 'sendonly';
			}
			await peer.setLocalDescription(await peer.createAnswer());
			for (const sender of peer.getSenders()) {
				const parameters = sender.getParameters();
				const wanted = parameters.codecs.find((entry) => entry.mimeType.toLowerCase() === 'video/' + codec?.toLowerCase());
				if (wanted === undefined) continue;
				for (const entry of parameters.encodings) Object.assign(entry, { codec: wanted }, ${JSON.stringify(encoding)});
				await sender.setParameters(parameters);
			}
			socket.send(JSON.stringify({ event: 'answer', data: JSON.stringify(peer.localDescription) }));
		};
		socket.onmessage = ({ data }) => {
			const message = JSON.parse(data);
			if (message.event === 'offer') answerOffer(JSON.parse(message.data)).catch((error) => globalThis.testErrors.push(String(error)));
			if (message.event === 'error') globalThis.testErrors.push(message.data);
		};
	})()`);
}

/** Errors that the client met or was sent. */
export async function plainClientErrors(page: Page): Promise<string[]> {
	const errors: unknown = await page.evaluate('globalThis.testErrors');
	return Array.isArray(errors) ? errors.map(String) : [];
}
