import { type JsonObject, textOf } from './json.ts';

/** A connection that flickers for less than this (a change of network) is given time to heal by itself. */
const healWithinMs = 4_000;

export interface AnsweringPeerOptions {
	/** What to publish; undefined for a viewer, and for a broadcaster that has neither camera nor microphone. */
	readonly stream: MediaStream | undefined;
	readonly send: (event: 'answer' | 'candidate', data: string) => void;
	readonly onConnected: () => void;
	/** It will not come back: a new peer is needed. */
	readonly onFailed: () => void;
	readonly onStream: (stream: MediaStream) => void;
}

/** Browsers give a layered picture of 640 × 360 no more than 600 kbit/s by themselves, and look no further for room on the link. */
const MAX_PICTURE_BPS = 1_500_000;

/** The browser's side of a session whose offers all come from the server. */
export class AnsweringPeer {
	readonly #peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
	readonly #options: AnsweringPeerOptions;
	/** Candidates that came before the description they belong to. */
	readonly #early: RTCIceCandidateInit[] = [];
	/** Descriptions and candidates are applied one after another, in the order they came. */
	#work: Promise<void> = Promise.resolve();
	#healing: ReturnType<typeof setTimeout> | undefined;

	constructor(options: AnsweringPeerOptions) {
		this.#options = options;
		this.#peer.onicecandidate = ({ candidate }) => {
			if (candidate !== null) options.send('candidate', JSON.stringify(candidate));
		};
		this.#peer.ontrack = ({ streams: [stream] }) => {
			if (stream !== undefined) options.onStream(stream);
		};
		this.#peer.onconnectionstatechange = () => this.#onState();
	}

	get isConnected(): boolean {
		return this.#peer.connectionState === 'connected';
	}

	/** `description`: an RTCSessionDescription of type offer. */
	offer(description: JsonObject): void {
		this.#then(async () => {
			await this.#peer.setRemoteDescription({ type: 'offer', sdp: textOf(description, 'sdp') });
			for (const candidate of this.#early.splice(0)) await this.#addCandidate(candidate);
			await this.#publish();
			await this.#peer.setLocalDescription();
			await this.#shapePicture();
			this.#options.send('answer', JSON.stringify(this.#peer.localDescription));
		});
	}

	/** `candidate`: an RTCIceCandidateInit. */
	candidate(candidate: JsonObject): void {
		const { sdpMid, sdpMLineIndex } = candidate;
		const init: RTCIceCandidateInit = {
			candidate: textOf(candidate, 'candidate'),
			sdpMid: typeof sdpMid === 'string' ? sdpMid : null,
			sdpMLineIndex: typeof sdpMLineIndex === 'number' ? sdpMLineIndex : null,
		};
		this.#then(async () => {
			if (this.#peer.remoteDescription === null) this.#early.push(init);
			else await this.#addCandidate(init);
		});
	}

	/** Twice is harmless. */
	close(): void {
		clearTimeout(this.#healing);
		this.#peer.onconnectionstatechange = null;
		this.#peer.close();
	}

	async #addCandidate(candidate: RTCIceCandidateInit): Promise<void> {
		try {
			await this.#peer.addIceCandidate(candidate);
		} catch {
			// One address that this browser cannot use; the others decide.
		}
	}

	/** Gives each section that the server wants filled the track of its kind. */
	async #publish(): Promise<void> {
		for (const transceiver of this.#peer.getTransceivers()) {
			const { kind } = transceiver.receiver.track;
			const track = this.#options.stream?.getTracks().find((candidate) => candidate.kind === kind);
			if (track === undefined || transceiver.sender.track === track) continue;
			await transceiver.sender.replaceTrack(track);
			transceiver.direction = 'sendonly';
		}
	}

	/**
	 * Room for a good picture, and three temporal layers, of which the server leaves the upper ones out for viewers on a weak link. Set once
	 * the codec is agreed on, because which modes there are depends on it; one after the other, because a browser refuses a call whole.
	 */
	async #shapePicture(): Promise<void> {
		await this.#setEncodings({ maxBitrate: MAX_PICTURE_BPS });
		await this.#setEncodings({ scalabilityMode: 'L1T3' });
	}

	async #setEncodings(change: { readonly maxBitrate: number } | { readonly scalabilityMode: string }): Promise<void> {
		for (const { sender } of this.#peer.getTransceivers()) {
			if (sender.track?.kind !== 'video') continue;
			const parameters = sender.getParameters();
			try {
				await sender.setParameters({ ...parameters, encodings: parameters.encodings.map((encoding) => ({ ...encoding, ...change })) });
			} catch {
				// This browser or codec cannot: it sends as it would by itself.
			}
		}
	}

	#then(step: () => Promise<void>): void {
		this.#work = this.#work.then(step).catch(() => {
			if (this.#peer.signalingState !== 'closed') this.#options.onFailed();
		});
	}

	#onState(): void {
		clearTimeout(this.#healing);
		const state = this.#peer.connectionState;
		if (state === 'connected') this.#options.onConnected();
		else if (state === 'failed') this.#options.onFailed();
		else if (state === 'disconnected') this.#healing = setTimeout(() => this.#options.onFailed(), healWithinMs);
	}
}
