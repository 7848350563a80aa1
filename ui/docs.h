/* SPDX-License-Identifier: GPL-2.0-only */
/* The manual page and shell completions, made from the tables of options, actions, columns and settings. */
#ifndef KVMTOP_DOCS_H
#define KVMTOP_DOCS_H

#include <stdbool.h>
#include <stdio.h>

/* kvmtop(8), in the man macros. */
void docs_man(FILE *out);
/* "bash", "zsh", "fish". */
bool docs_shell(const char *shell);
void docs_completion(const char *shell, FILE *out);

#endif
