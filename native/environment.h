/* What one Node environment (the main thread, a worker) has of its own. There is no other state: environments share nothing. */
#ifndef DURESS_ENVIRONMENT_H
#define DURESS_ENVIRONMENT_H

#include <stdbool.h>

#include <node_api.h>

#include "fan-out.h"
#include "handles.h"
#include "srtp.h"
#include "udp.h"

/* Of one received datagram: length, port, family (4 or 6), scope, and the address as it lies in memory, one word or four. */
#define RECEIVED_WORDS 8

struct watched_socket;

typedef struct {
	handle_table handles;
	srtp_algorithms algorithms;
	fan_out_batch outgoing;
	/*
	 * The socket whose datagrams lie in `outgoing`, or NULL. While a batch of received datagrams is in JavaScript's hands (`receiving`), what
	 * is forwarded waits there for its end: the packets of many small rooms share one call of the kernel.
	 */
	struct watched_socket *sender;
	bool receiving;
	/* ArrayBuffers of UDP_BATCH datagrams and of UDP_BATCH times RECEIVED_WORDS words, seen by JavaScript too. */
	napi_ref received_bytes;
	napi_ref received_words;
} environment;

#endif
