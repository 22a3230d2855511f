export {
  BlocklistedNotification,
  DeclinedNotification,
  ERROR_NOTIFICATIONS,
  Notification,
  NotRecognizedNotification,
  OpenNotification,
  PassedNotification,
  SpoofNotification,
  UnknownCustomerNotification,
} from "./notification.ts";
