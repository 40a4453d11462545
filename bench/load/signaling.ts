export type Role = 'broadcaster' | 'viewer';

/** How one client is introduced to the server. The server offers, the client answers. */
export interface SignalLink {
	answer(sdp: string): void;
	/** Leaves as a page does that is closed. Resolves when the server has taken notice. */
	leave(): Promise<void>;
}

export interface SignalEvents {
	onOffer(sdp: string): void;
	/** The server has ended it, or it broke. */
	onEnd(why: string): void;
}

/** How clients reach a server under test. */
export interface Signaling {
	/** Rooms are made when they are first named. */
	join(room: string, role: Role, events: SignalEvents): Promise<SignalLink>;
}
