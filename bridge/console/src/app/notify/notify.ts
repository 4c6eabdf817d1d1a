/** Notifies about new messages, if the user asked for it. @module */

import { eventListeners } from "../../store/feed.ts";
import { switches } from "../../texts/preferences.ts";

/** Follows the events, until the returned function is called. */
export function followNotices(): () => void {
  const listener: Parameters<typeof eventListeners.add>[0] = (frames) => {
    if (!switches.notifications.peek() && !switches.sound.peek()) return;
    import("./notifier.ts").then(({ notify }) => notify(frames))
      // The bridge has another version or is away, or there is no device for
      // the sound: the next events try again.
      .catch(() => {});
  };
  eventListeners.add(listener);
  return () => eventListeners.delete(listener);
}
