import { PeerConnection } from 'node-datachannel';

/** A connection of libdatachannel's over loopback that answers offers. Its answers have all candidates. */
export class AnsweringConnection {
	readonly peer: PeerConnection;
	#answerIsDue = false;

	constructor(onAnswer: (sdp: string) => void) {
		this.peer = new PeerConnection('bench', {
			iceServers: [],
			bindAddress: '127.0.0.1',
			disableAutoNegotiation: true,
			forceMediaTransport: true,
		});
		const tell = () => {
			const description = this.peer.localDescription();
			if (!this.#answerIsDue || this.peer.gatheringState() !== 'complete' || description === null) return;
			this.#answerIsDue = false;
			onAnswer(description.sdp);
		};
		// The first answer waits for the candidates, a later one has them at once.
		this.peer.onGatheringStateChange(deferFaults(tell));
		this.peer.onLocalDescription(deferFaults(tell));
	}

	accept(offer: string): void {
		this.#answerIsDue = true;
		this.peer.setRemoteDescription(offer, 'offer');
		this.peer.setLocalDescription('answer');
	}
}

/** An exception inside one of libdatachannel's callbacks would abort the process without a word: it is thrown later. */
export function deferFaults<Argument>(callback: (argument: Argument) => void): (argument: Argument) => void {
	return (argument) => {
		try {
			callback(argument);
		} catch (fault) {
			setImmediate(() => {
				throw fault;
			});
		}
	};
}
