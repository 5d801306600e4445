/* Sock: Unix sockets with an owner, a mode and a peer. */
#ifndef LATCHKEY_SOCK_H
#define LATCHKEY_SOCK_H

#include <sys/types.h>
#include "err.h"

/* Listen on path: type is SOCK_STREAM or SOCK_SEQPACKET; close-on-exec; mode and group set before
 * anyone can connect; a stale socket is replaced, a live one is an error, so is anything that is
 * not a socket. group may be NULL. Returns the descriptor or -1. */
int sock_listen(const char *path, int type, mode_t mode, const char *group, struct err *e);
int sock_connect(const char *path, int type, struct err *e);
int sock_nonblock(int fd, struct err *e) must_check;
/* Receive and send time-outs in milliseconds. */
int sock_timeout(int fd, int ms, struct err *e) must_check;
/* Uid of the process at the other end; 0 or -1. */
int sock_peer(int fd, uid_t *uid, struct err *e) must_check;

#endif
