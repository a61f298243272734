import type { ReceiverConfig } from "../../patrol/config/patrol-config.ts";
import type { Notifier } from "../../patrol/notification.ts";
import { createAlertmanagerNotifier } from "./alertmanager.ts";
import { createDingtalkNotifier } from "./dingtalk.ts";
import { createEmailNotifier } from "./email.ts";
import { createFeishuNotifier } from "./feishu.ts";
import { createLogNotifier } from "./log.ts";
import type { NotifierParts } from "./notifier-parts.ts";
import { createSlackNotifier } from "./slack.ts";
import { createWebhookNotifier } from "./webhook.ts";
import { createWecomNotifier } from "./wecom.ts";

const CREATE: Record<ReceiverConfig["kind"], (config: ReceiverConfig, parts: NotifierParts) => Notifier> = {
  wecom: createWecomNotifier,
  dingtalk: createDingtalkNotifier,
  feishu: createFeishuNotifier,
  slack: createSlackNotifier,
  webhook: createWebhookNotifier,
  alertmanager: createAlertmanagerNotifier,
  email: createEmailNotifier,
  log: createLogNotifier,
};

/** The notifier of a checked receiver. Opens nothing until it delivers. */
export function createNotifier(config: ReceiverConfig, parts: NotifierParts): Notifier {
  return CREATE[config.kind](config, parts);
}

export function createNotifiers(
  receivers: readonly ReceiverConfig[],
  parts: NotifierParts,
): ReadonlyMap<string, Notifier> {
  return new Map(receivers.map((config) => [config.name, createNotifier(config, parts)]));
}
