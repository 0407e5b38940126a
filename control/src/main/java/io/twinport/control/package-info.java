/**
 * What an operator starts and sees. {@code Engine} holds what every command needs that moves packets; {@code cli} has
 * the commands, {@code demo} and {@code run} their work, {@code kernel} the interface that the kernel sees. Control
 * threads throughout, except for the packet handlers.
 */
@NullMarked
package io.twinport.control;

import org.jspecify.annotations.NullMarked;
