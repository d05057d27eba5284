/** What is reported when the browser gives the disk no more room; the guest gets ENOSPC. */
export const NO_ROOM = 'this browser has no room left for what the disk keeps';
