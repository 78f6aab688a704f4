import type { Actual, KindOfThing, Place } from "./kind.ts";
import { isOwned, listAll, unlessGone, untilActive, untilGone } from "./kind.ts";

export const alarm: KindOfThing = {
  noun: "alarm",
  async list(place) {
    const { clients, compartmentId } = place;
    const alarms = await listAll((page) => clients.monitoring.listAlarms({ compartmentId, ...page }));
    const there = alarms.filter(({ lifecycleState }) => !["DELETING", "DELETED"].includes(lifecycleState));
    return Promise.all(
      there.map(async (thing): Promise<Actual> => {
        const { id, displayName } = thing;
        const isOurs = isOwned(thing, place);
        const attributes = isOurs ? await alarmAttributes(id, place) : { displayName };
        return { kind: "alarm", id, name: displayName, attributes, isOurs };
      }),
    );
  },
  isSame: (actual, wanted) => actual.name === wanted.displayName,
  async create(wanted, { clients }) {
    const made = await clients.monitoring.createAlarm({ createAlarmDetails: wanted as never });
    const { id: alarmId, displayName } = made.alarm;
    await untilActive(`alarm ${displayName}`, () => alarmState(alarmId, clients));
    return alarmId;
  },
  async update({ id }, wanted, { clients }) {
    await clients.monitoring.updateAlarm({ alarmId: id, updateAlarmDetails: wanted as never });
  },
  async remove({ id, name }, { clients }) {
    await unlessGone(clients.monitoring.deleteAlarm({ alarmId: id }));
    await untilGone(`alarm ${name}`, () => alarmState(id, clients));
  },
};

async function alarmState(alarmId: string, { monitoring }: Place["clients"]): Promise<string | undefined> {
  return (await monitoring.getAlarm({ alarmId })).alarm.lifecycleState;
}

async function alarmAttributes(alarmId: string, { clients }: Place): Promise<Actual["attributes"]> {
  const {
    timeCreated: _,
    timeUpdated: __,
    id: ___,
    ...attributes
  } = (await clients.monitoring.getAlarm({ alarmId })).alarm;
  return { ...attributes };
}
