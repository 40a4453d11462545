export interface NetworkListener {
	/** The device has another network than before: sockets and paths of the old one are likely to be dead. */
	readonly changed: () => void;
	/** The page is looked at again; a phone that slept has let its timers wait. */
	readonly awake: () => void;
}

/** Tells of changes of the network until the returned function is called. Where a browser does not tell, sockets and paths fail by themselves. */
export function onNetworkChange({ changed, awake }: NetworkListener): () => void {
	const stop = new AbortController();
	const { signal } = stop;
	addEventListener('online', changed, { signal });
	document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && awake(), { signal });
	// Network Information API: phones with Chromium tell of Wi-Fi and cellular, and every browser that has it of new estimates of speed.
	const connection: unknown = Reflect.get(navigator, 'connection');
	if (connection instanceof EventTarget) {
		let type = networkType(connection);
		const look = (): void => {
			const before = type;
			type = networkType(connection);
			if (type !== before && type !== 'none') changed();
		};
		connection.addEventListener('change', look, { signal });
	}
	return () => stop.abort();
}

/** `wifi`, `cellular`, `none` and others; undefined where it is not told. */
function networkType(connection: EventTarget): unknown {
	return Reflect.get(connection, 'type');
}
