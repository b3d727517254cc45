//! Links that are opened with this program.
//!
//! macOS passes a link not as an argument but as an Apple Event, to the program that runs already or to the one that it
//! starts. winit 0.30 has no event for it, and its delegate does not implement `application:openURLs:`, so this receives
//! the event itself. As Apple asks, it is registered before the program has finished launching: the event for the link that
//! started it comes right after that.

use std::sync::Once;

use objc2::{
    AnyThread, DefinedClass, class, define_class, msg_send,
    rc::Retained,
    runtime::{AnyObject, NSObject},
    sel,
};
use objc2_foundation::{NSString, ns_string};

/// `kInternetEventClass` and `kAEGetURL`.
const GET_URL: u32 = u32::from_be_bytes(*b"GURL");
/// `keyDirectObject`: the parameter with the link.
const DIRECT_OBJECT: u32 = u32::from_be_bytes(*b"----");

/// What to do with a link.
type Open = Box<dyn Fn(String) + Send + Sync>;

/// What the receiver keeps.
struct Kept {
    open: Open,
}

define_class!(
    // SAFETY: NSObject asks nothing of its subclasses, and this one has no `Drop`.
    #[unsafe(super(NSObject))]
    #[name = "CountenanceLinkReceiver"]
    #[ivars = Kept]
    struct LinkReceiver;

    impl LinkReceiver {
        #[unsafe(method(countenanceWillFinishLaunching:))]
        fn will_finish_launching(&self, _notification: &AnyObject) {
            // SAFETY: the class exists in Foundation, and the method returns the shared manager.
            let manager: Retained<AnyObject> = unsafe { msg_send![class!(NSAppleEventManager), sharedAppleEventManager] };
            // SAFETY: the method below takes what handlers are passed; this object lives as long as the program.
            let () = unsafe {
                msg_send![
                    &manager,
                    setEventHandler: self,
                    andSelector: sel!(countenanceOpen:withReply:),
                    forEventClass: GET_URL,
                    andEventID: GET_URL,
                ]
            };
        }

        #[unsafe(method(countenanceOpen:withReply:))]
        fn open(&self, event: &AnyObject, _reply: &AnyObject) {
            // SAFETY: the event is an NSAppleEventDescriptor; without the parameter, the result is nil.
            let link: Option<Retained<AnyObject>> =
                unsafe { msg_send![event, paramDescriptorForKeyword: DIRECT_OBJECT] };
            let Some(link) = link else { return };
            // SAFETY: a descriptor, too; nil if it is no text.
            let text: Option<Retained<NSString>> = unsafe { msg_send![&link, stringValue] };
            if let Some(text) = text {
                (self.ivars().open)(text.to_string());
            }
        }
    }
);

/// Calls `open` with each link that is opened with this program, unchecked and of any length, on the main thread. Call
/// before the event loop begins; only the first call has an effect.
pub fn on_link(open: impl Fn(String) + Send + Sync + 'static) {
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| {
        let receiver = LinkReceiver::alloc().set_ivars(Kept { open: Box::new(open) });
        // SAFETY: NSObject's initializer.
        let receiver: Retained<LinkReceiver> = unsafe { msg_send![super(receiver), init] };
        // SAFETY: the class exists in Foundation, and the method returns the shared center.
        let center: Retained<AnyObject> = unsafe { msg_send![class!(NSNotificationCenter), defaultCenter] };
        let name = ns_string!("NSApplicationWillFinishLaunchingNotification");
        // SAFETY: the method above takes a notification; any sender will do.
        let () = unsafe {
            msg_send![
                &center,
                addObserver: &*receiver,
                selector: sel!(countenanceWillFinishLaunching:),
                name: name,
                object: Option::<&AnyObject>::None,
            ]
        };
        // Neither the center nor the manager keeps it.
        std::mem::forget(receiver);
    });
}
