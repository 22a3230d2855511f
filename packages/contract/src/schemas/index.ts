export {
  BlocklistedNotification,
  DeclinedNotification,
  ERROR_NOTIFICATIONS,
  ErrorNotification,
  Notification,
  NotRecognizedNotification,
  OpenNotification,
  PassedNotification,
  SpoofNotification,
  UnknownCustomerNotification,
} from "./notification.ts";
