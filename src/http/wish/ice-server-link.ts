/** A STUN or TURN server (RFC 7064, RFC 7065) for clients. */
export interface IceServer {
	/** Such as `turn:turn.example.org?transport=udp`. */
	readonly uri: string;
	readonly username?: string;
	readonly credential?: string;
}

/** A value of the `Link` header that names an ICE server (RFC 9725 §4.6). */
export function iceServerLink({ uri, username, credential }: IceServer): string {
	const account =
		username === undefined || credential === undefined
			? ''
			: `; username=${quoted(username)}; credential=${quoted(credential)}; credential-type="password"`;
	return `<${uri}>; rel="ice-server"${account}`;
}

/** A quoted-string (RFC 9110 §5.6.4). */
function quoted(text: string): string {
	return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
