/** The shape of a row whose content is on its way. Still: what does not move does not distract. */
export function SkeletonRow({ picture }: { readonly picture: boolean }) {
  return (
    <>
      {picture && <span class="thumbnail" />}
      <span class="text">
        <span class="bar" />
        <span class="bar short" />
      </span>
    </>
  );
}

export function Skeleton() {
  return (
    <div aria-hidden="true">
      {Array.from({ length: 8 }, (_, index) => (
        <div key={index} class="row">
          <SkeletonRow picture={true} />
        </div>
      ))}
    </div>
  );
}
