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

/** Rows that fill any panel. */
const ENOUGH = 40;

export function Skeleton() {
  return (
    <div class="skeleton" aria-hidden="true">
      {Array.from({ length: ENOUGH }, (_, index) => (
        <div key={index} class="row">
          <SkeletonRow picture={true} />
        </div>
      ))}
    </div>
  );
}
