/* Test tooling, never shipped: asks the window with this title to close, as its close button does. On a display without a
 * window manager there is no button. */
#include <windows.h>

int main(int count, char **words)
{
    HWND window = count == 2 ? FindWindowA(NULL, words[1]) : NULL;
    return window && PostMessageA(window, WM_CLOSE, 0, 0) ? 0 : 1;
}
