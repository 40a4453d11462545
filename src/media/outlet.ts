import type { RemoteAddress } from '../ice/path-table.ts';
import type { SrtpSender } from '../srtp/srtp-sender.ts';
import type { NativeAddon, NativeHandle } from './native-addon.ts';

/** Stands for no context where there is no addon. */
export const NO_CONTEXT: NativeHandle = 0;

/** The way out to one peer: its keys, and where its packets go now. */
export class Outlet {
	readonly sender: SrtpSender;
	/** The addon's number for the keys and the address: see NativeFanOut. */
	readonly context: NativeHandle;
	readonly #addon: NativeAddon | undefined;
	/** Undefined while the peer may not be sent to (no path yet, or consent expired). */
	address: string | undefined;
	port = 0;
	#closed = false;

	constructor(sender: SrtpSender, addon?: NativeAddon, context = NO_CONTEXT) {
		this.sender = sender;
		this.#addon = addon;
		this.context = context;
	}

	setPath(path: RemoteAddress | undefined): void {
		if (this.#closed) return;
		this.address = path?.address;
		this.port = path?.port ?? 0;
		this.#addon?.setAddress(this.context, this.address, this.port);
	}

	/** Nothing is sent any more. Twice is harmless. */
	close(): void {
		this.setPath(undefined);
		this.#closed = true;
		this.sender.close();
	}
}
