/**
 * The remote addresses of one peer and the rules by which the server chooses where to send.
 *
 * A check's message integrity does not cover its source address, so whoever captures one on the way can send it from elsewhere. One
 * check alone therefore never takes a running session away: the path it nominates is *pending*, and the server goes on sending to the
 * old one until the new one is confirmed by SRTP or SRTCP from there, or by a second fresh check from there (before the nomination or
 * after it). Then the server sends to the new path, and the way back has to be confirmed again. Nothing is pending where there is
 * nothing to lose: the first path of all, the first nomination of all, and any path once the selected one has gone without a check for
 * {@link CONSENT_TIMEOUT_MS} are taken at once.
 *
 * Some agents nominate once and never again (libjuice; RFC 8445 asks no more), and a NAT may give them another address at any time. So a
 * path without nomination is taken, too, when it is shown to live by two signs, a fresh check and another one or media, while nothing
 * at all came on the selected one for {@link QUIET_MS}: a longer time than any agent leaves a path that it uses.
 */

export interface RemoteAddress {
	readonly address: string;
	readonly port: number;
}

/** Without a fresh check for this long the peer's consent to receive has ended (RFC 7675, section 5.1). */
export const CONSENT_TIMEOUT_MS = 30_000;

/** A phone has a few interfaces, times IPv4, IPv6 and a relay; the oldest that is not in use makes room. */
export const MAX_REMOTE_ADDRESSES = 16;

/** Chromium checks the pair it uses every 2.5 s at least, and a peer that sends media is never quiet for so long. */
export const QUIET_MS = 3_000;

/** Signs of life on another path, at least one of them a check, that take it while the selected one is quiet. */
const SIGNS_WHILE_QUIET = 2;

/** Fresh checks that confirm a nominated path without any media. */
const CONFIRMING_CHECKS = 2;

interface Path extends RemoteAddress {
	/** Fresh checks since the selected path last changed. */
	freshChecks: number;
	lastCheckMs: number;
	lastUseMs: number;
	/** Fresh checks, and whether media came, since `quietFromMs`: all while nothing came on the selected path. */
	quietFromMs: number;
	quietChecks: number;
	quietMedia: boolean;
}

export interface PathChange {
	/** The server sends elsewhere from now on: see {@link PathTable.selected}. */
	readonly moved: boolean;
	/** Was not known before. */
	readonly added: boolean;
	/** Had to make room and is no longer known. */
	readonly forgotten: RemoteAddress | undefined;
}

const UNCHANGED: PathChange = { moved: false, added: false, forgotten: undefined };
const MOVED: PathChange = { moved: true, added: false, forgotten: undefined };

export class PathTable {
	readonly #paths: Path[] = [];
	#selected: Path | undefined;
	#pending: Path | undefined;
	#everNominated = false;

	/** Where the server sends. */
	get selected(): RemoteAddress | undefined {
		return this.#selected;
	}

	/** Nominated, but not confirmed yet. */
	get pending(): RemoteAddress | undefined {
		return this.#pending;
	}

	get addresses(): readonly RemoteAddress[] {
		return this.#paths;
	}

	isKnown(address: string, port: number): boolean {
		return this.#find(address, port) !== undefined;
	}

	/** Counts as a check on the selected path, and as nothing when it comes from elsewhere. @returns whether it did count */
	renewSelected(from: RemoteAddress, nowMs: number): boolean {
		const selected = this.#selected;
		if (selected === undefined || selected.port !== from.port || selected.address !== from.address) return false;
		selected.lastCheckMs = nowMs;
		return true;
	}

	/** An authenticated check with an id that was never seen before. */
	freshCheck(from: RemoteAddress, nominates: boolean, nowMs: number): PathChange {
		const { path, added, forgotten } = this.#remember(from, nowMs);
		path.freshChecks += 1;
		path.lastCheckMs = nowMs;
		this.#countFromQuiet(path, nowMs);
		path.quietChecks += 1;
		const moved = this.#judge(path, nominates, nowMs) || this.#takeIfOtherIsQuiet(path, nowMs);
		if (nominates) this.#everNominated = true;
		return { moved, added, forgotten };
	}

	/** SRTP or SRTCP from here was authentic and not a replay. */
	media(from: RemoteAddress, nowMs: number): PathChange {
		const known = this.#find(from.address, from.port);
		if (known !== undefined && known !== this.#pending) {
			known.lastUseMs = nowMs;
			if (known === this.#selected) return UNCHANGED;
			this.#countFromQuiet(known, nowMs);
			known.quietMedia = true;
			return this.#takeIfOtherIsQuiet(known, nowMs) ? MOVED : UNCHANGED;
		}
		const { path, added, forgotten } = this.#remember(from, nowMs);
		const moved = path === this.#pending;
		if (moved) this.#select(path);
		return { moved, added, forgotten };
	}

	#judge(path: Path, nominates: boolean, nowMs: number): boolean {
		if (path === this.#selected) {
			// The peer's latest word is the path in use: whatever else was nominated is void.
			if (nominates) this.#pending = undefined;
			return false;
		}
		const nothingToLose =
			this.#selected === undefined || nowMs - this.#selected.lastCheckMs > CONSENT_TIMEOUT_MS || (nominates && !this.#everNominated);
		if (nominates) this.#pending = path;
		if (!nothingToLose && !(path === this.#pending && path.freshChecks >= CONFIRMING_CHECKS)) return false;
		this.#select(path);
		return true;
	}

	/** Begins to count anew when the selected path has been used since the counting began. */
	#countFromQuiet(path: Path, nowMs: number): void {
		if (this.#selected === undefined || this.#selected.lastUseMs < path.quietFromMs) return;
		path.quietFromMs = nowMs;
		path.quietChecks = 0;
		path.quietMedia = false;
	}

	#takeIfOtherIsQuiet(path: Path, nowMs: number): boolean {
		const selected = this.#selected;
		if (selected === undefined || path === selected || nowMs - selected.lastUseMs < QUIET_MS) return false;
		const signs = path.quietChecks + (path.quietMedia ? 1 : 0);
		if (path.quietChecks === 0 || signs < SIGNS_WHILE_QUIET) return false;
		this.#select(path);
		return true;
	}

	#select(path: Path): void {
		this.#selected = path;
		this.#pending = undefined;
		for (const other of this.#paths) {
			if (other !== path) other.freshChecks = 0;
		}
	}

	#find(address: string, port: number): Path | undefined {
		const selected = this.#selected;
		if (selected !== undefined && selected.port === port && selected.address === address) return selected;
		for (const path of this.#paths) {
			if (path.port === port && path.address === address) return path;
		}
		return undefined;
	}

	#remember(from: RemoteAddress, nowMs: number): { path: Path; added: boolean; forgotten: RemoteAddress | undefined } {
		const known = this.#find(from.address, from.port);
		if (known !== undefined) {
			known.lastUseMs = nowMs;
			return { path: known, added: false, forgotten: undefined };
		}
		const forgotten = this.#paths.length >= MAX_REMOTE_ADDRESSES ? this.#forgetOldest() : undefined;
		const path: Path = {
			address: from.address,
			port: from.port,
			freshChecks: 0,
			lastCheckMs: Number.NEGATIVE_INFINITY,
			lastUseMs: nowMs,
			quietFromMs: Number.NEGATIVE_INFINITY,
			quietChecks: 0,
			quietMedia: false,
		};
		this.#paths.push(path);
		return { path, added: true, forgotten };
	}

	#forgetOldest(): RemoteAddress | undefined {
		let oldest: Path | undefined;
		for (const path of this.#paths) {
			if (path === this.#selected || path === this.#pending) continue;
			if (oldest === undefined || path.lastUseMs < oldest.lastUseMs) oldest = path;
		}
		if (oldest !== undefined) this.#paths.splice(this.#paths.indexOf(oldest), 1);
		return oldest;
	}
}
