/**
 * The control socket: commands for a running process, as lines of JSON over a unix socket. A thread for each connection,
 * few of them, each with bounded lines and deadlines. Poll loops hear of a command by their rings only.
 *
 * <p>Thread: control. Uses: {@code control}.
 */
@NullMarked
package io.twinport.control.socket;

import org.jspecify.annotations.NullMarked;
