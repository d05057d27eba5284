// Stopping and continuing processes, and the groups that nobody could continue.
#pragma once

#include "syscalls/kernel/process.h"

namespace elfin::kernel {

/// A stop signal's default action: no thread runs until SIGCONT; the parent hears of it.
void StopProcess(Process& process, int signal);
/// What sending SIGCONT does to a stopped process.
void ContinueProcess(Process& process);

/// Whether no parent in the same session and outside the group watches over the process's group:
/// then the terminal's stop signals do nothing by default (setpgid(2)).
bool IsOrphanedGroup(const Process& process);
/// The parent `ended` no longer watches over the groups of its children: those that have become
/// orphaned and have a stopped member get SIGHUP and SIGCONT.
void ReleaseOrphanedGroups(const Process& ended, const std::vector<Process*>& children);

}  // namespace elfin::kernel
