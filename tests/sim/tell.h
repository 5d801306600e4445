/* Tell: speaking to a running simulator's control socket from the command line. */
#ifndef SIM_TELL_H
#define SIM_TELL_H

/* Run scenario lines there; 0, or 1 with the reason on standard error. */
int tell_do(const char *path, char *const *lines);
/* Ask one command, its words joined; the answer is printed. */
int tell_ask(const char *path, char *const *words);

#endif
