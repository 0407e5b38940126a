/**
 * What every command needs: how a user is told of an error, how text is printed, files of the system, times.
 *
 * <p>Thread: control. Uses: nothing of its module.
 */
@NullMarked
package io.twinport.control;

import org.jspecify.annotations.NullMarked;
