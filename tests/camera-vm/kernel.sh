# The guest's kernel, its modules and its initramfs, made once and cached in $cache. Sourced by camera-vm, which
# provides `say`, `cannot` and $here, $cache, $work. Everything comes from Debian via `apt-get download` and is only
# unpacked: nothing is installed, and this computer's own kernel is not touched.

# What the guest loads at once, and what COMMAND may load (`modprobe vivid`).
boot_modules=(virtio_pci virtio_console 9p 9pnet_virtio overlay uvcvideo vhci-hcd)
more_modules=(vivid)

# fetch PACKAGE FOLDER: unpacks a Debian package, without installing it
fetch() {
	(cd "$work" && apt-get -o APT::Sandbox::User=root download -q "$1" >"$work/apt.log" 2>&1) || {
		cat "$work/apt.log" >&2
		return 1
	}
	dpkg-deb -x "$work/$1"_*.deb "$2"
}

# The folder of the newest kernel prepared with these modules.
cached_kernel() {
	find "$cache" -mindepth 1 -maxdepth 1 -type d -name "kernel-$modules_key-*" 2>/dev/null | sort -V | tail -n 1
}

get_kernel() {
	local package version tree=$work/kernel new=$work/new module file name
	package=$(LC_ALL=C apt-cache depends linux-image-amd64 2>/dev/null |
		awk '/Depends: linux-image-[0-9]/ { print $2; exit }') || true
	[ -n "$package" ] || cannot "apt has no package linux-image-amd64 (Debian is required; try apt-get update)"
	version=${package#linux-image-}
	say "downloading $package (once)"
	mkdir -p "$tree" "$new/lib/modules/$version"
	fetch "$package" "$tree" || cannot "$package could not be downloaded"
	[ -e "$tree/lib" ] || ln -s usr/lib "$tree/lib"
	depmod -b "$tree" "$version"
	for module in "${boot_modules[@]}" "${more_modules[@]}"; do
		modprobe -d "$tree" -S "$version" --show-depends "$module" >"$work/list" ||
			cannot "this kernel has no module $module"
		awk '$1 == "insmod" { print $2 }' "$work/list"
	done | sort -u | while read -r file; do
		name=$(basename "$file")
		case $name in
		*.xz) xz -dc "$file" >"$new/lib/modules/$version/${name%.xz}" ;;
		*.zst) zstd -qdc "$file" >"$new/lib/modules/$version/${name%.zst}" ;;
		*) cp "$file" "$new/lib/modules/$version/" ;;
		esac
	done
	cp "$tree/lib/modules/$version"/modules.{builtin,order}* "$new/lib/modules/$version/"
	depmod -b "$new" "$version"
	cp "$tree/boot/vmlinuz-$version" "$new/vmlinuz"
	mv "$new" "$cache/kernel-$modules_key-$version"
}

# Builds v4l2loopback for the kernel in folder $1 from the source that Debian ships for DKMS. Returns false on failure;
# $work/loopback.log has the reason.
build_loopback() {
	local version tree=$work/headers headers source package
	version=$(basename "$1"/lib/modules/*)
	[ ! -e "$1/lib/modules/$version/v4l2loopback.ko" ] || return 0
	say "building v4l2loopback for Linux $version (once)"
	for package in "linux-headers-$version" "linux-headers-${version%-*}-common" v4l2loopback-dkms; do
		fetch "$package" "$tree" || return 1
	done
	headers=$tree/usr/src/linux-headers-$version
	# The headers refer to the package with the build tools by name, such as linux-kbuild-6.1.
	package=$(readlink "$headers/scripts" | grep -o 'linux-kbuild-[^/]*') || package=linux-kbuild-${version%-*}
	fetch "$package" "$tree" || return 1
	sed -i "s#/usr/src/#$tree/usr/src/#" "$headers/Makefile"
	source=$(echo "$tree"/usr/src/v4l2loopback-*)
	make -C "$headers" M="$source" CC=gcc modules || return 1
	strip --strip-debug "$source/v4l2loopback.ko"
	cp "$source/v4l2loopback.ko" "$1/lib/modules/$version/"
	depmod -b "$1" "$version"
}

# Builds the initramfs of the kernel in folder $1 as file $2: busybox, the modules, init.
build_initramfs() {
	local tree=$work/initramfs
	say "building the initramfs (once)"
	mkdir -p "$tree"/{bin,dev,proc,sys}
	cp "$(static_busybox)" "$tree/bin/busybox"
	cp -r "$1/lib" "$tree/"
	echo "${boot_modules[*]}" >"$tree/boot-modules"
	install -m 755 "$here/init" "$tree/init"
	(cd "$tree" && find . -print0 | cpio -0 -o -H newc -R 0:0 --quiet | gzip -1) >"$work/initramfs.gz"
	mv "$work/initramfs.gz" "$2"
}

# Sets `kernel` and `initramfs`; with $1, v4l2loopback is among the modules, or `loopback_missing` has the reason.
prepare_kernel() {
	modules_key=$(echo "${boot_modules[*]} ${more_modules[*]}" | sha256sum | cut -c 1-8)
	mkdir -p "$cache"
	exec 9>"$cache/lock"
	flock 9
	kernel=$(cached_kernel)
	if [ -z "$kernel" ]; then
		get_kernel
		kernel=$(cached_kernel)
	fi
	loopback_missing=''
	if [ -n "$1" ] && ! build_loopback "$kernel" >"$work/loopback.log" 2>&1; then
		tail -n 20 "$work/loopback.log" >&2
		loopback_missing="v4l2loopback could not be built: $(grep -m 1 -iE 'error|unable|not found' "$work/loopback.log")"
		say "$loopback_missing"
	fi
	initramfs=$kernel/initramfs-$(cat "$here/init" "$kernel"/lib/modules/*/modules.dep | sha256sum | cut -c 1-12).gz
	[ -e "$initramfs" ] || build_initramfs "$kernel" "$initramfs"
	exec 9>&-
}
