#!/bin/bash
# Builds nephos-tiny, the small cloud guest, out of Debian packages: no loop mount, no debootstrap, no root needed.
#
#   guest/build.sh [-v] [-c CACHE_DIR] OUTPUT.qcow2
#
# Beside OUTPUT.qcow2 it leaves OUTPUT.vmlinuz and OUTPUT.initrd, with which a kernel can be booted directly.
# Silent unless something is wrong; -v tells the steps. Needs what packages.txt lists and apt's package lists.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
boot_mib=20
root_mib=46
verbose=
cache=

usage() {
  echo "usage: $0 [-v] [-c CACHE_DIR] OUTPUT.qcow2" >&2
  exit 2
}
while getopts vc: option; do
  case $option in
    v) verbose=1 ;;
    c) cache=$OPTARG ;;
    *) usage ;;
  esac
done
shift $((OPTIND - 1))
[ $# = 1 ] || usage
case $1 in *.qcow2) ;; *) usage ;; esac

# The files of an ext4 image get the owners that mkfs sees: as a normal user, fakeroot shows root.
if [ "$(id -u)" != 0 ] && [ -z "${FAKEROOTKEY:-}" ]; then
  command -v fakeroot >/dev/null || { echo "build.sh: needs fakeroot when not run as root" >&2; exit 1; }
  exec fakeroot -- "$0" ${verbose:+-v} ${cache:+-c "$cache"} "$1"
fi

say() { [ -z "$verbose" ] || echo "build.sh: $*"; }
die() { echo "build.sh: $*" >&2; exit 1; }
list() { sed 's/#.*//; /^ *$/d' "$here/$1"; }

PATH=$PATH:/sbin:/usr/sbin
for tool in apt-get apt-cache dpkg-deb cpio gzip mkfs.fat mcopy mkfs.ext4 sfdisk depmod modprobe syslinux qemu-img; do
  command -v $tool >/dev/null || die "$tool is missing: apt-get install $(list packages.txt | xargs)"
done
mbr=/usr/lib/syslinux/mbr/mbr.bin
[ -r $mbr ] || die "$mbr is missing: apt-get install syslinux-common"
[ "$(dpkg --print-architecture)" = amd64 ] || die 'builds x86-64 guests, on amd64 only'

mkdir -p "$(dirname "$1")"
output=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
stem=${output%.qcow2}
cache=${cache:-$(dirname "$output")/debs}
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/nephos-guest.XXXXXX")
trap 'rm -rf "$work" "$stem".*.part' EXIT

# --- packages ---------------------------------------------------------------------------------------------------

# Newest cached file of a package.
cached() { find "$cache" -maxdepth 1 -name "$1_*.deb" -printf '%T@ %p\n' | sort -rn | head -1 | cut -d' ' -f2-; }

kernel=$(apt-cache depends linux-image-cloud-amd64 2>/dev/null | grep -oE 'linux-image-[0-9][^ ]+' | head -1 || true)
if [ -z "$kernel" ]; then
  newest=$(cached 'linux-image-[0-9]*')
  [ -n "$newest" ] || die "apt knows no linux-image-cloud-amd64: run 'apt-get update' first"
  kernel=$(basename "$newest" | cut -d_ -f1)
fi
release=${kernel#linux-image-}

for package in "$kernel" $(list contents.txt); do
  [ -n "$(cached "$package")" ] && continue
  say "fetching $package"
  (cd "$cache" && apt-get download -qq -o APT::Sandbox::User=root "$package" 2>"$work/apt.log") ||
    die "could not fetch $package: $(tail -1 "$work/apt.log")"
done

say "unpacking, kernel $release"
mkdir "$work/kernel" "$work/debs"
dpkg-deb --fsys-tarfile "$(cached "$kernel")" |
  tar -x -C "$work/kernel" --no-same-owner --wildcards ./boot './lib/modules/*'
for package in $(list contents.txt); do
  dpkg-deb --fsys-tarfile "$(cached "$package")" | tar -x -C "$work/debs" --no-same-owner
done

# --- the root file system ---------------------------------------------------------------------------------------

root=$work/root
libs=$root/lib/x86_64-linux-gnu
mkdir -p "$root"/{bin,sbin,etc/dropbear,proc,sys,dev,run,tmp,root/.ssh,mnt,lib64,usr/bin,usr/sbin,var/log,var/lib/nephos} "$libs"
cp "$work/debs/bin/busybox" "$root/bin/"
for applet in $("$root/bin/busybox" --list); do
  case $applet in busybox) continue ;; esac
  case $applet in
    init | getty | poweroff | reboot | halt | modprobe | udhcpc | mdev | acpid | switch_root | ifconfig | route)
      ln -s ../bin/busybox "$root/sbin/$applet" ;;
    *) ln -s busybox "$root/bin/$applet" ;;
  esac
done
cp "$work"/debs/usr/sbin/dropbear "$root/usr/sbin/"
cp "$work"/debs/usr/bin/{dropbearkey,dbclient} "$root/usr/bin/"
cp "$work"/debs/sbin/resize2fs "$root/sbin/"
for lib in libc.so.6 libcrypt.so.1 libtomcrypt.so.1 libtommath.so.1 libz.so.1 libgmp.so.10 libext2fs.so.2 libe2p.so.2 \
  libcom_err.so.2 libnss_files.so.2 libnss_dns.so.2 ld-linux-x86-64.so.2; do
  found=$(find "$work/debs/lib" "$work/debs/usr/lib" -name "$lib" | head -1)
  [ -n "$found" ] || die "$lib is in none of the packages of contents.txt"
  cp -L "$found" "$libs/$lib"
done
ln -s ../lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 "$root/lib64/"
cp -R --preserve=mode "$here/rootfs/." "$root/"
chmod 700 "$root/root" "$root/root/.ssh"
chmod 600 "$root/etc/shadow"
chmod 1777 "$root/tmp"
chmod 755 "$root"/etc/{rc,rc.down} "$root"/usr/lib/nephos/* "$root/usr/share/udhcpc/default.script" "$root"/etc/acpi/PWRF/*
list modules.txt | awk '$1=="root"{print $2}' >"$root/etc/modules"

# --- modules, each with what it depends on ----------------------------------------------------------------------

depmod -b "$work/kernel" "$release"
copy_modules() { # destination, module…
  local to=$1/lib/modules/$release
  shift
  mkdir -p "$to"
  cp "$work/kernel/lib/modules/$release"/modules.{builtin,builtin.modinfo,order} "$to/"
  # A module may be built in or absent in another kernel version: what exists is copied.
  modprobe -d "$work/kernel" -S "$release" --show-depends -a "$@" 2>/dev/null |
    awk '$1=="insmod"{print $2}' | sort -u >"$work/modules" || true
  while read -r file; do
    install -D -m644 "$file" "$to/${file#"$work/kernel/lib/modules/$release/"}"
  done <"$work/modules"
  depmod -b "${to%/lib/modules/*}" "$release"
}
# shellcheck disable=SC2046
copy_modules "$root" $(list modules.txt | awk '{print $2}')

# --- the initramfs ----------------------------------------------------------------------------------------------

initramfs=$work/initramfs
mkdir -p "$initramfs"/{bin,proc,sys,dev,root}
cp "$root/bin/busybox" "$initramfs/bin/"
for applet in sh mount modprobe findfs switch_root sleep cat printf dd blockdev grep poweroff; do
  ln -s busybox "$initramfs/bin/$applet"
done
cp --preserve=mode "$here/initramfs/init" "$initramfs/init"
chmod 755 "$initramfs/init"
# shellcheck disable=SC2046
copy_modules "$initramfs" $(list modules.txt | awk '$1=="boot"{print $2}')
(cd "$initramfs" && find . | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0) | gzip -9n >"$work/initrd"
cp "$work/kernel/boot/vmlinuz-$release" "$work/vmlinuz"

# --- the disk: MBR, FAT16 with kernel and boot loader, ext4 -------------------------------------------------------

say 'making the disk'
cd "$work"
truncate -s ${boot_mib}M boot.img
mkfs.fat -F 16 -n BOOT boot.img >/dev/null
mcopy -i boot.img vmlinuz initrd "$here/syslinux.cfg" ::/
syslinux --install boot.img
truncate -s ${root_mib}M root.img
# Room in the group descriptors to grow online to 1 TiB.
mkfs.ext4 -q -F -L nephos-root -d "$root" -b 4096 -i 8192 -m 0 -J size=4 -E resize=268435456,lazy_itable_init=0 root.img
truncate -s $((1 + boot_mib + root_mib))M disk.img
dd if=$mbr of=disk.img conv=notrunc status=none
sfdisk -q --no-reread --no-tell-kernel disk.img <<PARTITIONS
label: dos
start=2048, size=$((boot_mib * 2048)), type=6, bootable
start=$((2048 + boot_mib * 2048)), size=$((root_mib * 2048)), type=83
PARTITIONS
dd if=boot.img of=disk.img bs=1M seek=1 conv=notrunc,sparse status=none
dd if=root.img of=disk.img bs=1M seek=$((1 + boot_mib)) conv=notrunc,sparse status=none

say 'compressing'
qemu-img convert -f raw -O qcow2 -c disk.img "$stem.qcow2.part"
cp vmlinuz "$stem.vmlinuz.part"
cp initrd "$stem.initrd.part"
chmod 644 "$stem".*.part
mv "$stem.vmlinuz.part" "$stem.vmlinuz"
mv "$stem.initrd.part" "$stem.initrd"
mv "$stem.qcow2.part" "$output"
say "$output: $(du -k "$output" | cut -f1) KiB"
