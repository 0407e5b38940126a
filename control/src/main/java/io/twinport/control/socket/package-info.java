/**
 * The control socket: commands for a running process, as lines of JSON over a unix socket. A thread per connection, few of
 * them, each with bounded lines and deadlines; none of them is a poll loop's, which hear of a command by their rings only.
 */
@NullMarked
package io.twinport.control.socket;

import org.jspecify.annotations.NullMarked;
