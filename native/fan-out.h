/* One RTP packet to many: header bytes patched, protected under each viewer's key, sent in batches. */
#ifndef DURESS_FAN_OUT_H
#define DURESS_FAN_OUT_H

#include "handles.h"
#include "srtp.h"
#include "udp.h"

/* The header of every packet that leaves the server: see src/relay/outbound-packet.ts. */
#define OUTBOUND_HEADER 20

/* What a viewer's packets are protected with and where they go. */
typedef struct {
	srtp_context srtp;
	udp_address address;
	/* 0 while the peer may not be sent to. */
	socklen_t address_length;
} media_context;

/*
 * One destination, three words:
 *  0  handle of a media_context
 *  1  sequence number (bits 0-15), payload type (16-22), first byte of the abs-send-time element (24-31, 0: none)
 *  2  roll-over counter
 */
#define ROW_WORDS 3

typedef struct {
	struct mmsghdr messages[UDP_BATCH];
	struct iovec vectors[UDP_BATCH];
	uint8_t bytes[UDP_BATCH][UDP_MAX_DATAGRAM];
} fan_out_batch;

void fan_out_prepare(fan_out_batch *batch);

/* Callers have checked OUTBOUND_HEADER <= length <= UDP_MAX_DATAGRAM - SRTP_MAX_OVERHEAD. Rows that name nobody count as refused. */
void fan_out_forward(fan_out_batch *batch, udp_socket *udp, const handle_table *handles, const uint8_t *packet, size_t length,
                     const uint32_t *rows, size_t count);

#endif
