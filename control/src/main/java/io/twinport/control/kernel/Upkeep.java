package io.twinport.control.kernel;

import io.twinport.control.Log;
import io.twinport.posix.Errno;
import io.twinport.posix.PosixException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps settings as they should be while others change them: each is put back once, and said; after that it is only said. Whoever
 * sets it a second time means it, a network service for instance, and would win. For one thread.
 */
public final class Upkeep {
    private final Set<String> putBack = new HashSet<>();
    private final Map<String, String> told = new HashMap<>();

    /**
     * Looks at them once.
     *
     * @param key what each is known by from one look to the next, for the interface may be renamed
     * @return what is not as it should be, in words
     */
    public List<String> look(Map<String, Setting> settings, Log log) {
        List<String> differences = new ArrayList<>();
        settings.forEach((key, setting) -> {
            try {
                look(key, setting, log, differences);
            } catch (PosixException e) {
                if (e.errno() != Errno.ENODEV) { // else it has gone, and others say so
                    log.warn(setting.what() + " cannot be read: " + e.getMessage());
                }
            }
        });
        return differences;
    }

    private void look(String key, Setting setting, Log log, List<String> differences) {
        String present = setting.present().get();
        if (present.equals(setting.wanted())) {
            if (told.remove(key) != null) {
                log.say(setting.what() + " is " + present + " again");
            }
            return;
        }
        if (putBack.add(key) && putBack(setting, present, log)) {
            return;
        }
        differences.add(setting.what() + " is " + present + " in place of " + setting.wanted());
        if (!present.equals(told.put(key, present))) {
            log.warn("somebody else has set " + setting.what() + " to " + present + ", and it stays so: "
                    + setting.harm() + ". To put it right: " + setting.command());
        }
    }

    private static boolean putBack(Setting setting, String present, Log log) {
        try {
            setting.put().run();
        } catch (RuntimeException e) {
            log.warn(setting.what() + " cannot be set to " + setting.wanted() + " again: " + e.getMessage());
            return false;
        }
        if (setting.isAsWanted()) {
            log.warn("somebody else has set " + setting.what() + " to " + present + "; it is " + setting.wanted()
                    + " again. It is put back only once: let no other program set this interface (twinport doctor)");
            return true;
        }
        return false;
    }
}
