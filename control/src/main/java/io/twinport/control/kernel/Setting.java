package io.twinport.control.kernel;

import java.util.function.Supplier;

/**
 * Something that an interface is set to for a port, and that others may set otherwise.
 *
 * @param what it is, with the interface's name: {@code the MTU of eth1}
 * @param present what it is set to now
 * @param wanted what it should be set to
 * @param put sets it to what is wanted
 * @param harm what happens as long as it is otherwise
 * @param command with which it is put right
 */
public record Setting(String what, Supplier<String> present, String wanted, Runnable put, String harm, String command) {
    boolean isAsWanted() {
        return present.get().equals(wanted);
    }
}
