/** The USERNAME of a connectivity check (RFC 8445, section 7.2.2): the receiver's ufrag, a colon, the sender's ufrag. */
import type { StunMessage } from '../stun/message.ts';
import { usernameOf } from '../stun/username.ts';

/** ice-ufrag = 4*256 ice-char (RFC 8839, section 5.4); some agents use `=`, `-` and `_` in theirs. */
const CHECK_USERNAME = /^([A-Za-z0-9+/]{4,256}):([A-Za-z0-9+/=_-]{4,256})$/;

export interface CheckUsername {
	readonly localUfrag: string;
	readonly remoteUfrag: string;
}

/** Undefined when there is no USERNAME or it is not two ufrags. */
export function checkUsernameOf(message: StunMessage): CheckUsername | undefined {
	const match = CHECK_USERNAME.exec(usernameOf(message) ?? '');
	const localUfrag = match?.[1];
	const remoteUfrag = match?.[2];
	return localUfrag === undefined || remoteUfrag === undefined ? undefined : { localUfrag, remoteUfrag };
}

/** The local ufrag by which the socket finds the agent that a check is meant for. */
export function ufragOf(message: StunMessage): string | undefined {
	return checkUsernameOf(message)?.localUfrag;
}
