import{a as Ee,o as qe}from"./chunk-9587a19931.js";import{b as Oe}from"./chunk-f76a2ab3ff.js";function _e(l){return typeof l=="object"?l.key:l}function Ie(l,f){let e=l.length;return new Proxy(l,{get(t,a,r){if(typeof a=="string"){let s=a.charCodeAt(0);if(s>=48&&s<=57){let o=+a;if(Number.isInteger(o)&&o>=0&&o<e){let u=t[o];if(typeof u!="object"){let d=f[o*2];u=t[o]={index:o,key:u,start:d,size:f[o*2+1],end:d+f[o*2+1],lane:0}}return u}}if(a==="length")return e}return Reflect.get(t,a,r)}})}function A(l,f,e){let t=e.initialDeps??[],a,r=!0;function s(){var o;let d=0,i=l();if(!(i.length!==t.length||i.some((p,h)=>t[h]!==p)))return a;t=i;let c=0;return a=f(...i),e?.onChange&&!(r&&e.skipInitialOnChange)&&e.onChange(a),r=!1,a}return s.updateDeps=o=>{t=o},s}function Fe(l,f){if(l===void 0)throw new Error(`Unexpected undefined${f?`: ${f}`:""}`);return l}var b=(l,f)=>Math.abs(l-f)<1.01,ze=(l,f,e)=>{let t;return Object.assign(function(...a){l.clearTimeout(t),t=l.setTimeout(()=>f.apply(this,a),e)},{cancel:()=>{l.clearTimeout(t)}})};function He({offset:l,isScrolling:f,elementMax:e,holdOffset:t,scrollOffset:a,pendingWrite:r,clampedMaxAtWrite:s}){var o;return f&&r===null&&l===a?"spurious":r!==null&&Math.abs(l-r.target)<1.5?"readBack":r!==null&&!r.smooth&&e!==null&&r.target>e+t+.5&&Math.abs(l-(e+t))<1.5||r!==null&&!r.smooth&&((o=r.lowMaxes)!=null&&o.some(u=>Math.abs(l-u)<1.5))?"clampedReadBack":s!==null&&Math.abs(l-s)<1.5?"clampedEcho":"external"}var Ye=l=>l==="smooth"||l==="smoothFinishing";function Ue({kind:l,offset:f,command:e,target:t}){return l!=="spurious"&&l!=="readBack"&&l!=="clampedReadBack"&&e?.index!=null&&e.phase!=="queued"&&!Ye(e.phase)&&!b(f,e.lastTargetOffset)&&!b(f,t())&&l!=="clampedEcho"}var De=40;function We(l){let f=l[l.length-1];if(f===void 0)return!1;let e=l.length-2;for(;e>=0&&f.t-l[e].t<De;)e--;if(e<0)return!1;let t=l[e],a=e-1;for(;a>=0&&t.t-l[a].t<De;)a--;if(a<0)return!1;let r=l[a],s=(f.offset-t.offset)/(f.t-t.t),o=(t.offset-r.offset)/(t.t-r.t);return s*o>=0&&Math.abs(s)>=2*Math.abs(o)&&Math.abs(s)-Math.abs(o)>=.8}function Ve(l){let f=l[l.length-1];if(f===void 0)return!1;let e=l.length-2;for(;e>=0&&f.t-l[e].t<De;)e--;if(e<0)return!1;let t=l[e];return Math.abs(f.offset-t.offset)/(f.t-t.t)>=.05}var T,R=()=>{if(T!==void 0)return T;if(typeof navigator>"u")return T=!1;if(/iP(hone|od|ad)/.test(navigator.userAgent))return T=!0;let l=navigator.maxTouchPoints;return T=navigator.platform==="MacIntel"&&l!==void 0&&l>0},Be,$e=()=>Be!==void 0?Be:Be=R()&&typeof CSS<"u"&&typeof CSS.supports=="function"&&CSS.supports("overflow-anchor: auto"),Ge=()=>!R()||$e();var P={capture:!0,passive:!0},G=class{constructor(f){this.host=f,this._touch=null,this.inMotion=()=>this._touch!==null&&this._touch.phase!=="lateFling",this.dragging=()=>{var e;return((e=this._touch)==null?void 0:e.phase)==="down"&&this._touch.moved},this.tail=()=>{var e;return((e=this._touch)==null?void 0:e.phase)==="tail"?this._touch.moved?"fling":"tap":null},this.onScroll=({isScrolling:e,ownReadBack:t,moved:a,external:r})=>{var s,o,u;return e&&((s=this._touch)==null?void 0:s.phase)==="tail"?this._openTail(this._touch.moved||!t,!1):((o=this._touch)==null?void 0:o.phase)==="lateFling"&&(this.host.now()>this._touch.until?this._touch=null:r&&e&&a&&this._openTail(!0,!1)),!t&&e&&a&&((u=this._touch)==null?void 0:u.phase)==="down"?(this._touch.moved=!0,!0):!1},this.touchStart=()=>{this.end(),this._touch={phase:"down",moved:!1}},this.touchEnd=()=>{var e;let t=((e=this._touch)==null?void 0:e.phase)==="down"&&this._touch.moved;this.end(),this._openTail(t,t)},this.end=()=>{var e;let t=this.host.getWindow();((e=this._touch)==null?void 0:e.phase)==="tail"&&t!=null&&t.clearTimeout(this._touch.timerId),this._touch=null},this.listen=e=>{let t=()=>this.touchStart(),a=()=>this.touchEnd();return e.addEventListener("touchstart",t,P),e.addEventListener("touchend",a,P),e.addEventListener("touchcancel",a,P),()=>{e.removeEventListener("touchstart",t,P),e.removeEventListener("touchend",a,P),e.removeEventListener("touchcancel",a,P),this.end()}},this._openTail=(e,t)=>{let a=this.host.getWindow();if(a==null)return;this.end();let r={phase:"tail",moved:e,awaitingFling:t,timerId:a.setTimeout(()=>{if(this.host.tailStillMoving()){this._openTail(r.moved,r.awaitingFling);return}this._touch=r.awaitingFling?{phase:"lateFling",until:this.host.now()+1e3}:null,this.host.onTailClosed()},150)};this._touch=r}}get touch(){return this._touch}};var Ne=l=>{let{clientWidth:f,clientHeight:e}=l;return{width:f,height:e}},Ke=l=>{let f=new Set;return{schedule:e=>{let t=l.requestAnimationFrame(()=>{f.delete(t),e()});f.add(t)},cancel:()=>{f.forEach(e=>l.cancelAnimationFrame(e)),f.clear()}}},et=l=>l,tt=l=>{let f=l.overscan*Math.max(l.lanes??1,1),e=Math.max(l.startIndex-f,0),a=Math.min(l.endIndex+f,l.count-1)-e+1,r=new Array(a);for(let s=0;s<a;s++)r[s]=e+s;return r},at=(l,f)=>{let e=l.scrollElement;if(!e)return;let t=l.targetWindow;if(!t)return;let a=o=>{let{width:u,height:d}=o;f({width:Math.round(u),height:Math.round(d)})};if(a(Ne(e)),!t.ResizeObserver)return()=>{};let r=Ke(t),s=new t.ResizeObserver(()=>{let o=()=>{a(Ne(e))};l.options.useAnimationFrameWithResizeObserver?r.schedule(o):o()});return s.observe(e,{box:"content-box"}),()=>{s.unobserve(e),r.cancel()}},Xe={passive:!0};var rt=typeof window>"u"?!0:"onscrollend"in window,ot=(l,f,e)=>{let t=l.scrollElement;if(!t)return;let a=l.targetWindow;if(!a)return;let r=l.options.useScrollendEvent&&rt,s=0,o=r?null:ze(a,()=>f(e(t),!1),l.options.isScrollingResetDelay),u=n=>()=>{s=e(t),o?.(),f(s,n)},d=u(!0),i=u(!1);return t.addEventListener("scroll",d,Xe),r&&t.addEventListener("scrollend",i,Xe),()=>{t.removeEventListener("scroll",d),r&&t.removeEventListener("scrollend",i),o?.cancel()}},st=(l,f)=>ot(l,f,e=>{let{horizontal:t,isRtl:a}=l.options;return t?e.scrollLeft*(a&&-1||1):e.scrollTop});var lt=(l,f,e)=>{if(e.options.useCachedMeasurements){let t=e.indexFromElement(l),a=e.options.getItemKey(t);return e.itemSizeCache.get(a)??e.options.estimateSize(t)}if(f?.borderBoxSize){let t=f.borderBoxSize[0];if(t)return Math.round(t[e.options.horizontal?"inlineSize":"blockSize"])}if(!f){let t=e.indexFromElement(l),a=e.options.getItemKey(t),r=e.itemSizeCache.get(a);if(r!==void 0)return r}return l[e.options.horizontal?"offsetWidth":"offsetHeight"]},ft=(l,{adjustments:f=0,behavior:e},t)=>{var a;let{scrollElement:r,options:s}=t,o=l+f,u=s.horizontal&&s.isRtl&&r!==null&&"ownerDocument"in r;(a=r?.scrollTo)==null||a.call(r,{[s.horizontal?"left":"top"]:u?-o:o,behavior:e})};var ut=ft,je=(l,f)=>l==="smooth"?f?"smoothLanded":"smooth":"instant",E=l=>l?.phase==="smooth"||l?.phase==="smoothLanded";function dt(l,f,e,t){if(f===0)return!1;let a=t(0),r=new Set,s=0;for(;s<l;){let u=e(s);if(u===a)break;r.add(u),s++}let o=l-s;if(o===0||o>=f)return!1;for(let u=0;u<o;u++)if(t(u)!==e(s+u))return!1;for(let u=o;u<f;u++)if(r.has(t(u)))return!1;return!0}var Te=class{constructor(f){this.unsubs=[],this.scrollElement=null,this.targetWindow=null,this.isScrolling=!1,this.scrollState=null,this.measurementsCache=[],this._singleLaneMeasurements=null,this.itemSizeCache=new Map,this.itemSizeCacheVersion=0,this.laneAssignments=new Map,this.pendingMin=null,this.prevLanes=void 0,this.lanesChangedFlag=!1,this.lanesSettling=!1,this.pendingScrollAnchor=null,this.scrollRect=null,this.scrollOffset=null,this.scrollDirection=null,this._holdOffset=0,this._reportedOverscroll=!1,this._iosGesture=new G({getWindow:()=>this.targetWindow,now:()=>this.now(),tailStillMoving:()=>{let e=this.scrollState;if(e?.phase!=="queued"||this.pendingWrite!==null)return!1;let t=this._readElementOffset();return t===null||this._lastElementOffset===null||Math.abs(t-this._lastElementOffset)<1?!1:(this._lastElementOffset=t,e.samples=[...e.samples??[],{t:this.now(),offset:t}],!0)},onTailClosed:()=>{let e=this.scrollState;e?.phase==="queued"&&Ve(e.samples??[])&&(this.scrollState=null),this._flushHoldIfReady(!0),this._writeAwaitingCommand(),this._retryClampedAdjustment()}}),this._lastElementOffset=null,this.pendingWrite=null,this._clampedAdjustment=null,this.elementsCache=new Map,this._resizeBatch=null,this.now=()=>{var e,t,a;return((a=(t=(e=this.targetWindow)==null?void 0:e.performance)==null?void 0:t.now)==null?void 0:a.call(t))??Date.now()},this.observer=(()=>{let e=null,t=null,a=!1,r=!1,s=new Set,o=()=>{if(e)return e;let d=this.targetWindow;if(!d||!d.ResizeObserver)return null;let i=t=Ke(d);return e=new d.ResizeObserver(n=>{let c=()=>{let p={sync:!1};this._resizeBatch=p;try{n.forEach(u)}finally{this._resizeBatch=null,p.notify&&(this.notify(p.sync),this._noteClampMax(),this._flushHoldIfReady(!0),this._retryClampedAdjustment(),this.measureElement(null))}};if(this.options.useAnimationFrameWithResizeObserver)i.schedule(c);else{a=!0;try{c()}finally{a=!1}}})},u=d=>{let i=d.target,n=this.indexFromElement(i);if(!i.isConnected){this.observer.unobserve(i);for(let[c,p]of this.elementsCache)if(p===i){this.elementsCache.delete(c);break}return}this.isIndexInRange(n)&&this.shouldMeasureDuringScroll(n)&&this.resizeItem(n,this.options.measureElement(i,d,this))};return{disconnect:()=>{var d;(d=o())==null||d.disconnect(),t?.cancel(),s.clear(),r=!1,e=null,t=null},observe:d=>{let i=o();if(i){if(!a){i.observe(d,{box:"border-box"});return}s.add(d),r||(r=!0,t?.schedule(()=>{r=!1,s.forEach(n=>{n.isConnected&&e?.observe(n,{box:"border-box"})}),s.clear()}))}},unobserve:d=>{var i;s.delete(d),(i=o())==null||i.unobserve(d)}}})(),this.range=null,this.setOptions=e=>{var t;let a={debug:!1,initialOffset:0,overscan:1,paddingStart:0,paddingEnd:0,scrollPaddingStart:0,scrollPaddingEnd:0,horizontal:!1,getItemKey:et,rangeExtractor:tt,onChange:()=>{},measureElement:lt,initialRect:{width:0,height:0},scrollMargin:0,gap:0,indexAttribute:"data-index",initialMeasurementsCache:[],lanes:1,anchorTo:"start",followOnAppend:!1,scrollEndThreshold:1,isScrollingResetDelay:150,enabled:!0,isRtl:!1,useScrollendEvent:!1,useAnimationFrameWithResizeObserver:!1,laneAssignmentMode:"estimate",useCachedMeasurements:!1};for(let i in e){let n=e[i];n!==void 0&&(a[i]=n)}let r=this.options,s=null,o=null,u=!1;if(r!==void 0&&r.enabled&&a.enabled&&a.anchorTo==="end"&&this.scrollElement!==null){let i=r.count,n=a.count,c=this.getMeasurements(),p=((t=this._singleLaneMeasurements)==null?void 0:t.items)??c,h=m=>_e(p[m]),g=i>0?h(0):null,w=i>0?h(i-1):null;if(n!==i||i>0&&n>0&&(a.getItemKey(0)!==g||a.getItemKey(n-1)!==w)){u=!0;let m=i>0?this.getVirtualItemForOffset(this.getScrollOffset())??c[0]:null;m&&(s=[m.key,this.getScrollOffset()-m.start]);let M=a.followOnAppend===!0?"auto":a.followOnAppend||null;M&&n>0&&this.isAtEnd(r.scrollEndThreshold)&&(i===0||a.getItemKey(n-1)!==w)&&(n>i||dt(i,n,h,a.getItemKey))&&(o=M)}}this.options=a,u&&(this.pendingMin=0,this.itemSizeCacheVersion++);let d=null;if(s&&this.scrollOffset!==null&&!this._awaitingCommandReadBack()){let[i,n]=s,c=this.getMeasurements(),{count:p,getItemKey:h}=this.options,g=0;for(;g<p&&h(g)!==i;)g++;if(g<p){let w=c[g];if(w){let S=Math.max(0,w.start+n);!o&&S!==this.scrollOffset&&(d=S-this.scrollOffset,this.scrollOffset=S)}}}o?this.pendingScrollAnchor={kind:"follow",behavior:o}:d!==null&&(this._canWriteScroll()?this.pendingScrollAnchor={kind:"anchor",delta:d}:(this._holdOffset+=d,this._followOffsetTarget(d)))},this.notify=e=>{var t,a;(a=(t=this.options).onChange)==null||a.call(t,this,e)},this.maybeNotify=A(()=>(this.calculateRange(),[this.isScrolling,this.range?this.range.startIndex:null,this.range?this.range.endIndex:null]),e=>{this.notify(e)},{key:!1,debug:()=>this.options.debug,initialDeps:[this.isScrolling,this.range?this.range.startIndex:null,this.range?this.range.endIndex:null]}),this.cleanup=()=>{var e;this.unsubs.filter(Boolean).forEach(t=>t()),this.unsubs=[],this.observer.disconnect(),this.rafId!=null&&this.targetWindow&&(this.targetWindow.cancelAnimationFrame(this.rafId),this.rafId=null),this.scrollState=null,(e=this._momentumStop)==null||e.restore(),this._momentumStop=null,this.isScrolling=!1,this.scrollDirection=null,this._holdOffset=0,this._reportedOverscroll=!1,this._clampedAdjustment=null,this.pendingWrite=null,this.scrollElement=null,this.targetWindow=null},this._didMount=()=>()=>{this.cleanup()},this._willUpdate=()=>{var e;let t=this.options.enabled?this.options.getScrollElement():null;if(this.scrollElement!==t){if(this.cleanup(),!t){this.maybeNotify();return}this.scrollElement=t,this.scrollElement&&"ownerDocument"in this.scrollElement?this.targetWindow=this.scrollElement.ownerDocument.defaultView:this.targetWindow=((e=this.scrollElement)==null?void 0:e.window)??null,this.elementsCache.forEach(r=>{this.observer.observe(r)}),this.unsubs.push(this.options.observeElementRect(this,r=>{this.scrollRect=r,this.maybeNotify()})),this.unsubs.push(this.options.observeElementOffset(this,(r,s)=>{var o,u,d,i;let n=s?this._elementMaxScrollOffset():null,c=this._reportedOverscroll;this._reportedOverscroll=r<0||n!==null&&r>n+1;let p=r;this._lastElementOffset=p,r=this._toLayoutOffset(r);let h=this._classifyScrollEvent(r,s,n);if(h==="spurious")return;h==="readBack"?r=this.pendingWrite.target:h==="clampedReadBack"&&((o=this.scrollState)==null?void 0:o.index)!=null&&r<this.getMaxScrollOffset()-1.5?this.scrollState.lastTargetOffset=r:Ue({kind:h,offset:r,command:this.scrollState,target:()=>this.getScrollStateTarget(this.scrollState)})&&(this.scrollState=null),this.pendingWrite=null,this._clampedAdjustment!==null&&Math.abs(r-this._clampedAdjustment.maxAtWrite)>=1.5&&(this._clampedAdjustment=null);let g=this.getScrollOffset(),w=this.scrollDirection;this.scrollDirection=s?g===r?this.scrollDirection:g<r?"forward":"backward":null,this.scrollOffset=r,this.isScrolling=s;let S=this.scrollState;if(S?.phase==="queued"&&h==="external"&&s)if(c||this._reportedOverscroll)S.samples=[];else{let x=this.now();S.samples=[...(S.samples??[]).filter(m=>x-m.t<=200),{t:x,offset:p}],(w!==null&&this.scrollDirection!==w||We(S.samples))&&(this.scrollState=null)}this._iosGesture.onScroll({isScrolling:s,ownReadBack:h==="readBack",moved:r!==g,external:h==="external"&&((u=this.scrollState)==null?void 0:u.phase)!=="smooth"&&((d=this.scrollState)==null?void 0:d.phase)!=="smoothFinishing"})&&((i=this.scrollState)==null?void 0:i.phase)==="queued"&&(this.scrollState=null),this._flushHoldIfReady(!0),this.scrollState&&this.scheduleScrollReconcile(),this.maybeNotify()})),"addEventListener"in this.scrollElement&&this.unsubs.push(this._iosGesture.listen(this.scrollElement)),this._scrollToOffset(this.getScrollOffset())}this._noteClampMax();let a=this.pendingScrollAnchor;this.pendingScrollAnchor=null,a&&this.scrollElement&&this.options.enabled&&(a.kind==="anchor"?this._canWriteScroll()?E(this.scrollState)&&!b(this.getScrollOffset()-a.delta,this.scrollState.lastTargetOffset)||(this._followOffsetTarget(a.delta),this._scrollToOffset(this.getScrollOffset())):(this._holdOffset+=a.delta,this._followOffsetTarget(a.delta),this.notify(!1)):this.scrollToEnd({behavior:a.behavior})),this._flushHoldIfReady(!1),this._retryClampedAdjustment()},this._classifyScrollEvent=(e,t,a)=>{var r;return He({offset:e,isScrolling:t,elementMax:a,holdOffset:this._holdOffset,scrollOffset:this.scrollOffset,pendingWrite:this.pendingWrite,clampedMaxAtWrite:((r=this._clampedAdjustment)==null?void 0:r.maxAtWrite)??null})},this._retryClampedAdjustment=()=>{if(this._clampedAdjustment===null||!this.scrollElement||!this.options.enabled||!this._canWriteScroll())return;let{target:e,maxAtWrite:t}=this._clampedAdjustment,a=this.getMaxScrollOffset();a>t+.5&&(this._clampedAdjustment=e>a+.5?{target:e,maxAtWrite:a}:null,this._scrollToOffset(e))},this._writeAwaitingCommand=()=>{let e=this.scrollState;if(e===null||e.phase!=="queued")return;let{behavior:t}=e;this.getMeasurements();let a=this.getScrollStateTarget(e);e.lastTargetOffset=a,this._clampedAdjustment=null,e.phase=je(t,e.index!=null&&b(a,this.getScrollOffset())),this._scrollToOffset(a,{behavior:t}),this.scheduleScrollReconcile()},this._readElementOffset=()=>{let e=this.scrollElement;if(e==null)return null;let{horizontal:t,isRtl:a}=this.options;return typeof e.scrollTop=="number"?t?e.scrollLeft*(a&&-1||1):e.scrollTop:typeof e.scrollY=="number"?t?e.scrollX:e.scrollY:null},this._canWriteScroll=()=>!(R()&&this._iosGesture.inMotion())&&!this._reportedOverscroll,this._flushHoldIfReady=e=>{var t;if(this._holdOffset===0||!this.scrollElement||!this.options.enabled||!this._canWriteScroll()||((t=this.scrollState)==null?void 0:t.phase)==="smooth")return;this._holdOffset=0,this.scrollOffset!==null&&this.scrollOffset<0&&(this.scrollOffset=0),this.notify(e);let a=this.getCommandWrittenOffset()??this.getScrollOffset();this._clampedAdjustment=this._clampedBy(a),this._scrollToOffset(a)},this.rafId=null,this.getSize=()=>this.options.enabled?(this.scrollRect=this.scrollRect??this.options.initialRect,this.scrollRect[this.options.horizontal?"width":"height"]):(this.scrollRect=null,0),this.getScrollOffset=()=>this.options.enabled?(this.scrollOffset=this.scrollOffset??(typeof this.options.initialOffset=="function"?this.options.initialOffset():this.options.initialOffset),this.scrollOffset):(this.scrollOffset=null,0),this.getMeasurementOptions=A(()=>[this.options.count,this.options.paddingStart,this.options.scrollMargin,this.options.getItemKey,this.options.enabled,this.options.lanes,this.options.laneAssignmentMode,this.options.gap],(e,t,a,r,s,o,u,d)=>(this.prevLanes!==void 0&&this.prevLanes!==o&&(this.lanesChangedFlag=!0),this.prevLanes=o,this.pendingMin=null,{count:e,paddingStart:t,scrollMargin:a,getItemKey:r,enabled:s,lanes:o,laneAssignmentMode:u,gap:d}),{key:!1}),this.isIndexInRange=e=>e>=0&&e<this.options.count,this.getMeasurements=A(()=>[this.getMeasurementOptions(),this.itemSizeCacheVersion],({count:e,paddingStart:t,scrollMargin:a,getItemKey:r,enabled:s,lanes:o,laneAssignmentMode:u,gap:d},i)=>{var n;let c=this.itemSizeCache;if(!s)return this.measurementsCache=[],this._singleLaneMeasurements=null,this.itemSizeCache.clear(),this.laneAssignments.clear(),[];if(this.laneAssignments.size>e)for(let x of this.laneAssignments.keys())x>=e&&this.laneAssignments.delete(x);this.lanesChangedFlag&&(this.lanesChangedFlag=!1,this.lanesSettling=!0,this.measurementsCache=[],this._singleLaneMeasurements=null,this.itemSizeCache.clear(),this.laneAssignments.clear(),this.pendingMin=null),this.measurementsCache.length===0&&!this.lanesSettling&&(this.measurementsCache=this.options.initialMeasurementsCache,this.measurementsCache.forEach(x=>{this.itemSizeCache.set(x.key,x.size)}));let p=this.lanesSettling?0:this.pendingMin??0;if(this.pendingMin=null,this.lanesSettling&&this.measurementsCache.length===e&&(this.lanesSettling=!1),o===1){let x=e*2,m=(n=this._singleLaneMeasurements)==null?void 0:n.flat;if(!m||m.length<x){let C=new Float64Array(x);m&&p>0&&C.set(m.subarray(0,p*2)),m=C}let M=p===0?new Array(e):this._singleLaneMeasurements.items.slice(),v;if(p===0)v=t+a;else{let C=p-1;v=m[C*2]+m[C*2+1]+d}for(let C=p;C<e;C++){let O=r(C);M[C]=O;let F=c.get(O),D=typeof F=="number"?F:this.options.estimateSize(C);m[C*2]=v,m[C*2+1]=D,v+=D+d}this._singleLaneMeasurements={flat:m,items:M};let y=Ie(M,m);return this.measurementsCache=y,y}let h=this.measurementsCache.slice(0,p),g=new Array(o).fill(void 0),w=new Float64Array(o),S=0;for(let x=0;x<p;x++){let m=h[x];m&&(g[m.lane]===void 0&&S++,g[m.lane]=x,w[m.lane]=m.end)}for(let x=p;x<e;x++){let m=r(x),M=this.laneAssignments.get(x),v,y,C=u==="estimate"||c.has(m);if(M!==void 0&&this.options.lanes>1){v=M;let B=g[v],k=B!==void 0?h[B]:void 0;y=k?k.end+d:t+a}else if(S===o){let B=0,k=w[0],Re=g[0];for(let L=1;L<o;L++){let Pe=w[L];(Pe<k||Pe===k&&g[L]<Re)&&(B=L,k=Pe,Re=g[L])}v=B,y=k+d,C&&this.laneAssignments.set(x,v)}else v=x%this.options.lanes,y=t+a,C&&this.laneAssignments.set(x,v);let O=c.get(m),F=typeof O=="number"?O:this.options.estimateSize(x),D=y+F;h[x]={index:x,start:y,size:F,end:D,key:m,lane:v},g[v]===void 0&&S++,g[v]=x,w[v]=D}return this.measurementsCache=h,h},{key:!1,debug:()=>this.options.debug}),this.calculateRange=A(()=>[this.getMeasurements(),this.getSize(),this.getScrollOffset(),this.options.lanes,this._getLayoutTotalSize()+this.options.scrollMargin],(e,t,a,r,s)=>{if(e.length===0||t===0)return this.range=null,null;let o=Math.max(s-t,0);return this.range=nt(e,t,Math.min(a,o),r,r===1&&this._singleLaneMeasurements!==null?this._singleLaneMeasurements.flat:null),this.range},{key:!1,debug:()=>this.options.debug}),this.getVirtualIndexes=A(()=>{let e=null,t=null,a=this.calculateRange();return a&&(e=a.startIndex,t=a.endIndex),this.maybeNotify.updateDeps([this.isScrolling,e,t]),[this.options.rangeExtractor,this.options.overscan,this.options.count,e,t,this.options.lanes]},(e,t,a,r,s,o)=>r===null||s===null?[]:e({startIndex:r,endIndex:s,overscan:t,count:a,lanes:o}),{key:!1,debug:()=>this.options.debug}),this.indexFromElement=e=>{let t=this.options.indexAttribute,a=e.getAttribute(t);return a?parseInt(a,10):(console.warn(`Missing attribute name '${t}={index}' on measured element.`),-1)},this.shouldMeasureDuringScroll=e=>{var t;if(!E(this.scrollState))return!0;let a=this.scrollState.index??((t=this.getVirtualItemForOffset(this.scrollState.lastTargetOffset))==null?void 0:t.index);if(a!==void 0&&this.range){let r=Math.max(this.options.overscan,Math.ceil((this.range.endIndex-this.range.startIndex)/2)),s=Math.max(0,a-r),o=Math.min(this.options.count-1,a+r);return e>=s&&e<=o}return!0},this.measureElement=e=>{if(!e){this.elementsCache.forEach((s,o)=>{s.isConnected||(this.observer.unobserve(s),this.elementsCache.delete(o))});return}let t=this.indexFromElement(e);if(!this.isIndexInRange(t))return;let a=this.options.getItemKey(t),r=this.elementsCache.get(a);r!==e&&(r&&this.observer.unobserve(r),this.observer.observe(e),this.elementsCache.set(a,e)),e.isConnected&&(!this.isScrolling||this.scrollState)&&this.shouldMeasureDuringScroll(t)&&this.resizeItem(t,this.options.measureElement(e,void 0,this))},this.resizeItem=(e,t)=>{var a,r,s;if(!this.isIndexInRange(e))return;(a=this._resizeBatch)!=null&&a.sync&&this.getMeasurements();let o,u,d,i=(r=this._singleLaneMeasurements)==null?void 0:r.flat;if(this.options.lanes===1&&i!=null)d=this.options.getItemKey(e),u=i[e*2],o=i[e*2+1];else{let p=this.measurementsCache[e];if(!p)return;d=p.key,u=p.start,o=p.size}let n=this.itemSizeCache.get(d)??o,c=t-n;if(c!==0){let p=this.options.anchorTo==="end"&&!E(this.scrollState)&&this.getVirtualDistanceFromEnd()<=this.options.scrollEndThreshold,h=p?this._getLayoutTotalSize():0,g=this.getScrollOffset(),S=!this.itemSizeCache.has(d)?u<g:u+n<=g&&this.scrollDirection!=="backward",x=!E(this.scrollState)&&(this.shouldAdjustScrollPositionOnItemSizeChange!==void 0?this.shouldAdjustScrollPositionOnItemSizeChange(this.measurementsCache[e]??{index:e,key:d,start:u,size:o,end:u+o,lane:0},c,this):S);(this.pendingMin===null||e<this.pendingMin)&&(this.pendingMin=e),this.itemSizeCache.set(d,t),this.itemSizeCacheVersion++;let m=!1;if(this._awaitingCommandReadBack()||(p?m=this.applyScrollAdjustment(this._getLayoutTotalSize()-h):x&&(m=this.applyScrollAdjustment(c))),this._resizeBatch){this._resizeBatch.notify=!0,(s=this._resizeBatch).sync||(s.sync=m);return}this.notify(m),this._noteClampMax(),this._flushHoldIfReady(!0),this._retryClampedAdjustment()}},this.getVirtualItems=A(()=>[this.getVirtualIndexes(),this.getMeasurements(),this._holdOffset],(e,t,a)=>{let r=[];for(let s=0,o=e.length;s<o;s++){let u=e[s],d=t[u];r.push(a===0?d:{...d,start:d.start-a,end:d.end-a})}return r},{key:!1,debug:()=>this.options.debug}),this.getVirtualItemForOffset=e=>{var t;let a=this.getMeasurements();if(a.length===0)return;let r=(t=this._singleLaneMeasurements)==null?void 0:t.flat,s=this.options.lanes===1&&r!=null,o=Ze(0,a.length-1,s?u=>r[u*2]:u=>Fe(a[u]).start,e);return Fe(a[o])},this._noteClampMax=()=>{if(!this._awaitingCommandReadBack())return;let e=this._elementMaxScrollOffset();if(e===null)return;let t=this.pendingWrite,a=Math.max(e,0)+this._holdOffset;if(a>=t.target)return;let r=t.lowMaxes??(t.lowMaxes=[]);r[r.length-1]!==a&&r.push(a)},this.getMaxScrollOffset=()=>(this._elementMaxScrollOffset()??0)+this._holdOffset,this._toLayoutOffset=e=>{var t;let a=e+this._holdOffset;return((t=this.pendingScrollAnchor)==null?void 0:t.kind)==="anchor"&&(a+=this.pendingScrollAnchor.delta),a},this._elementMaxScrollOffset=()=>{let e=this.scrollElement;if(e===null)return null;if("scrollHeight"in e)return this.options.horizontal?e.scrollWidth-e.clientWidth:e.scrollHeight-e.clientHeight;if("document"in e){let t=e.document.documentElement;return this.options.horizontal?t.scrollWidth-e.innerWidth:t.scrollHeight-e.innerHeight}return null},this._momentumStop=null,this._stopMomentum=e=>{let t=this.scrollElement,a=this.targetWindow;if(t===null||a===null)return;let r="document"in t?t.document.scrollingElement:t;if(!r?.style)return;if(this._momentumStop){this._momentumStop.done=e;return}let{style:s}=r,o=this.options.horizontal?"overflow-x":"overflow-y",u=s.getPropertyValue(o),d=s.getPropertyPriority(o),i=()=>this.options.horizontal?r.clientHeight:r.clientWidth,n=i();if(s.setProperty(o,"hidden","important"),i()!==n){s.setProperty(o,u,d);return}let c={restore:()=>s.getPropertyValue(o)!=="hidden"||s.getPropertyPriority(o)!=="important"?!1:(s.setProperty(o,u,d),!0),done:e};this._momentumStop=c,a.requestAnimationFrame(()=>a.requestAnimationFrame(()=>{this._momentumStop===c&&(this._momentumStop=null,c.restore()&&c.done())}))},this._clampedBy=e=>{let t=this._elementMaxScrollOffset();if(t===null)return null;let a=t+this._holdOffset;return e>a+.5?{target:e,maxAtWrite:a}:null},this.getVirtualDistanceFromEnd=()=>Math.max(this._getLayoutTotalSize()+this.options.scrollMargin-this.getSize()-this.getScrollOffset(),0),this.getDistanceFromEnd=()=>Math.max(this.getMaxScrollOffset()-this.getScrollOffset(),0),this.isAtEnd=(e=this.options.scrollEndThreshold)=>this.getDistanceFromEnd()<=e,this.getOffsetForAlignment=(e,t,a=0)=>{if(!this.scrollElement)return 0;let r=this.getSize(),s=this.getScrollOffset();t==="auto"&&(t=e>=s+r?"end":"start"),t==="center"?e+=(a-r)/2:t==="end"&&(e-=r);let o=this.getMaxScrollOffset();return Math.max(Math.min(o,e),0)},this.getOffsetForIndex=(e,t="auto")=>{e=Math.max(0,Math.min(e,this.options.count-1));let a=this.getSize(),r=this.getScrollOffset(),s=this.getMeasurements()[e];if(!s)return;if(t==="auto")if(s.end>=r+a-this.options.scrollPaddingEnd)t="end";else if(s.start<=r+this.options.scrollPaddingStart)t="start";else return[r,t];if(t==="end"&&e===this.options.count-1){let u=this.getMaxScrollOffset(),d=u-this.options.paddingEnd+this.options.scrollPaddingEnd;return[Math.max(Math.min(d,u),0),t]}let o=t==="end"?s.end+this.options.scrollPaddingEnd:s.start-this.options.scrollPaddingStart;return[this.getOffsetForAlignment(o,t,s.size),t]},this.scrollToOffset=(e,{align:t="start",behavior:a="auto"}={})=>{this._startScroll({index:null,align:t},this.getOffsetForAlignment(e,t),a,"absolute")},this.scrollToIndex=(e,{align:t="auto",behavior:a="auto"}={})=>{e=Math.max(0,Math.min(e,this.options.count-1));let r=this.getOffsetForIndex(e,t);if(!r)return;let[s,o]=r;this._startScroll({index:e,align:o},s,a,"absolute")},this.scrollBy=(e,{behavior:t="auto"}={})=>{let a=this.getOffsetForAlignment((this.getCommandWrittenOffset()??this.getScrollOffset())+e,"start");this._startScroll({index:null,align:"start"},a,t,"relative")},this.scrollToEnd=({behavior:e="auto"}={})=>{if(this.options.count>0){this._startScroll({index:this.options.count-1,align:"end",toEnd:!0},Math.max(this.getMaxScrollOffset(),0),e,"absolute");return}this.scrollToOffset(Math.max(this.getTotalSize()-this.getSize(),0),{behavior:e})},this.cancelScroll=()=>{this.rafId!=null&&this.targetWindow&&(this.targetWindow.cancelAnimationFrame(this.rafId),this.rafId=null),this.scrollState=null},this.getTotalSize=()=>Math.max(this._getLayoutTotalSize()-this._holdOffset,0),this._getLayoutTotalSize=()=>{var e,t;let a=this.getMeasurements(),r;if(a.length===0)r=this.options.paddingStart;else if(this.options.lanes===1){let s=a.length-1,o=(e=this._singleLaneMeasurements)==null?void 0:e.flat;o!=null?r=o[s*2]+o[s*2+1]:r=((t=a[s])==null?void 0:t.end)??0}else{let s=Array(this.options.lanes).fill(null),o=a.length-1;for(;o>=0&&s.some(u=>u===null);){let u=a[o];s[u.lane]===null&&(s[u.lane]=u.end),o--}r=Math.max(...s.filter(u=>u!==null))}return Math.max(r-this.options.scrollMargin+this.options.paddingEnd,0)},this.takeSnapshot=()=>{let e=[];if(this.itemSizeCache.size===0)return e;let t=this.getMeasurements();for(let a of t)a&&this.itemSizeCache.has(a.key)&&e.push({index:a.index,key:a.key,start:a.start,size:a.size,end:a.end,lane:a.lane});return e},this._scrollToOffset=(e,{adjustments:t,behavior:a}={})=>{let r={target:e+(t??0),smooth:a==="smooth"};return this.pendingWrite=r,this.options.scrollToFn(e-this._holdOffset,{behavior:a,adjustments:t},this),r},this.getCommandWrittenOffset=()=>this.scrollState!==null&&this.pendingWrite!==null&&!this.pendingWrite.smooth?this.pendingWrite.target:null,this._awaitingCommandReadBack=()=>{let e=this.getCommandWrittenOffset();return!(R()&&this._iosGesture.dragging())&&e!==null&&!b(e,this.getScrollOffset())},this._followOffsetTarget=e=>{this.scrollState!==null&&this.scrollState.index==null&&(this.scrollState.lastTargetOffset+=e)},this.measure=()=>{this.pendingMin=null,this.itemSizeCache.clear(),this.laneAssignments.clear(),this.itemSizeCacheVersion++,this.notify(!1)},this.setOptions(f)}get scrollAdjustments(){return 0}applyScrollAdjustment(f,e){if(f===0)return!1;if(this._followOffsetTarget(f),this._canWriteScroll()){let t=this.getScrollOffset();this._clampedAdjustment=this._clampedBy(t+f);let a=this._scrollToOffset(t,{adjustments:f,behavior:e});return this.scrollOffset!==null&&(this.pendingWrite===a&&(this.scrollOffset+=f),this.scrollOffset<0&&(this.scrollOffset=0)),!0}else return this._holdOffset+=f,this.scrollOffset!==null&&(this.scrollOffset+=f),!0}scheduleScrollReconcile(){if(!this.targetWindow){this.scrollState=null;return}this.rafId==null&&(this.rafId=this.targetWindow.requestAnimationFrame(()=>{this.rafId=null,this.reconcileScroll()}))}getScrollStateTarget(f){let e=f.toEnd?[Math.max(this.getMaxScrollOffset(),0)]:f.index!=null?this.getOffsetForIndex(f.index,f.align):void 0;return e?e[0]:f.lastTargetOffset}reconcileScroll(){if(!this.scrollState||!this.scrollElement)return;if(this.now()-this.scrollState.startedAt>5e3){this.scrollState=null;return}if(this.scrollState.phase==="queued"){this.scheduleScrollReconcile();return}this.getMeasurements();let t=this.getScrollStateTarget(this.scrollState),a=this.scrollState.index==null?1:this.options.useAnimationFrameWithResizeObserver?3:2,r=t!==this.scrollState.lastTargetOffset;if(!r&&b(t,this.getScrollOffset())){if(this.scrollState.phase==="smooth"?this.scrollState.phase="smoothLanded":this.scrollState.phase==="smoothFinishing"&&(this.scrollState.phase="instant"),this.scrollState.stableFrames++,this.scrollState.stableFrames>=a){this.getScrollOffset()!==t&&this._scrollToOffset(t,{behavior:"auto"}),this.scrollState=null;return}}else if(this.scrollState.stableFrames=0,r){let s=this.getSize()||600,o=Math.abs(t-this.getScrollOffset()),u=E(this.scrollState)&&o>s;this.scrollState.lastTargetOffset=t,u?this.scrollState.phase="smooth":this.scrollState.phase==="smooth"?this.scrollState.phase="smoothFinishing":this.scrollState.phase==="smoothLanded"&&(this.scrollState.phase="instant"),this._scrollToOffset(t,{behavior:u?"smooth":"auto"})}this.scheduleScrollReconcile()}_startScroll(f,e,t,a){this.pendingScrollAnchor=null,this._clampedAdjustment=null;let r=this._iosGesture.tail();if(a==="absolute"&&r!==null){if(r==="fling"&&Ge()){this._stopMomentum(()=>{let s=this.scrollState;s?.phase!=="queued"||this._iosGesture.tail()!=="fling"||this._reportedOverscroll||(this._iosGesture.end(),this._flushHoldIfReady(!0),this._writeAwaitingCommand())}),this.scrollState={...f,startedAt:this.now(),lastTargetOffset:e,stableFrames:0,phase:"queued",behavior:t,samples:[]},this.scheduleScrollReconcile();return}this._iosGesture.end()}this.scrollState={...f,startedAt:this.now(),lastTargetOffset:e,stableFrames:0,behavior:t,phase:je(t,f.index!=null&&b(e,this.getScrollOffset()))},this._scrollToOffset(e,{behavior:t}),this.scheduleScrollReconcile()}},Ze=(l,f,e,t)=>{for(;l<=f;){let a=(l+f)/2|0,r=e(a);if(r<t)l=a+1;else if(r>t)f=a-1;else return a}return l>0?l-1:0};function it(l,f,e){let t=0;for(;t<=f;){let a=(t+f)/2|0,r=l[a*2];if(r<e)t=a+1;else if(r>e)f=a-1;else return a}return t>0?t-1:0}function nt(l,f,e,t,a){let r=l.length-1;if(l.length<=t)return{startIndex:0,endIndex:r};if(t===1&&a!==null){let d=it(a,r,e),i=d,n=e+f;for(;i<r&&a[i*2]+a[i*2+1]<n;)i++;return{startIndex:d,endIndex:i}}let o=Ze(0,r,d=>l[d].start,e),u=o;if(t===1)for(;u<r&&l[u].end<e+f;)u++;else if(t>1){let d=Array(t).fill(0);for(;u<r&&d.some(n=>n<e+f);){let n=l[u];d[n.lane]=n.end,u++}let i=Array(t).fill(e+f);for(;o>=0&&i.some(n=>n>=e);){let n=l[o];i[n.lane]=n.start,o--}o=Math.max(0,o-o%t),u=Math.min(r,u+(t-1-u%t))}return{startIndex:o,endIndex:u}}var N=[["path",{d:"M22 12h-2.48a2 2 0 0 0-1.93 1.46l-2.35 8.36a.25.25 0 0 1-.48 0L9.24 2.18a.25.25 0 0 0-.48 0l-2.35 8.36A2 2 0 0 1 4.49 12H2"}]];var X=[["path",{d:"M12 5v14"}],["path",{d:"m19 12-7 7-7-7"}]];var j=[["path",{d:"m12 19-7-7 7-7"}],["path",{d:"M19 12H5"}]];var K=[["path",{d:"m5 12 7-7 7 7"}],["path",{d:"M12 19V5"}]];var Z=[["path",{d:"M12 5v16"}],["path",{d:"M20.001 19A2 2 0 0022 17V5a2 2 0 00-1.999-2L16 3.002A5 5 0 0012 5a5 5 0 00-4-2H4a2 2 0 00-2 2v12a2 2 0 001.999 2H8a5 5 0 014 2 5 5 0 014-2z"}]];var Q=[["path",{d:"M17 19a1 1 0 0 1-1-1v-2a2 2 0 0 1 2-2h2a2 2 0 0 1 2 2v2a1 1 0 0 1-1 1z"}],["path",{d:"M17 21v-2"}],["path",{d:"M19 14V6.5a1 1 0 0 0-7 0v11a1 1 0 0 1-7 0V10"}],["path",{d:"M21 21v-2"}],["path",{d:"M3 5V3"}],["path",{d:"M4 10a2 2 0 0 1-2-2V6a1 1 0 0 1 1-1h4a1 1 0 0 1 1 1v2a2 2 0 0 1-2 2z"}],["path",{d:"M7 5V3"}]];var q=[["path",{d:"M3 3v16a2 2 0 0 0 2 2h16"}],["path",{d:"m19 9-5 5-4-4-3 3"}]];var J=[["path",{d:"M20 6 9 17l-5-5"}]];var Y=[["path",{d:"m6 9 6 6 6-6"}]];var $=[["path",{d:"m9 18 6-6-6-6"}]];var ee=[["path",{d:"m18 15-6-6-6 6"}]];var _=[["circle",{cx:"12",cy:"12",r:"10"}],["line",{x1:"12",x2:"12",y1:"8",y2:"12"}],["line",{x1:"12",x2:"12.01",y1:"16",y2:"16"}]];var I=[["circle",{cx:"12",cy:"12",r:"10"}],["path",{d:"m16 9-5.5 5.5L8 12"}]];var te=[["circle",{cx:"12",cy:"12",r:"10"}],["path",{d:"M12 6v6l4 2"}]];var ae=[["rect",{width:"14",height:"14",x:"8",y:"8",rx:"2",ry:"2"}],["path",{d:"M4 16c-1.1 0-2-.9-2-2V4c0-1.1.9-2 2-2h10c1.1 0 2 .9 2 2"}]];var re=[["path",{d:"M12 15V3"}],["path",{d:"M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4"}],["path",{d:"m7 10 5 5 5-5"}]];var z=[["circle",{cx:"12",cy:"12",r:"1"}],["circle",{cx:"19",cy:"12",r:"1"}],["circle",{cx:"5",cy:"12",r:"1"}]];var oe=[["path",{d:"M15 3h6v6"}],["path",{d:"M10 14 21 3"}],["path",{d:"M18 13v6a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2h6"}]];var se=[["path",{d:"M10.733 5.076a10.744 10.744 0 0 1 11.205 6.575 1 1 0 0 1 0 .696 10.747 10.747 0 0 1-1.444 2.49"}],["path",{d:"M14.084 14.158a3 3 0 0 1-4.242-4.242"}],["path",{d:"M17.479 17.499a10.75 10.75 0 0 1-15.417-5.151 1 1 0 0 1 0-.696 10.75 10.75 0 0 1 4.446-5.143"}],["path",{d:"m2 2 20 20"}]];var le=[["path",{d:"M2.062 12.348a1 1 0 0 1 0-.696 10.75 10.75 0 0 1 19.876 0 1 1 0 0 1 0 .696 10.75 10.75 0 0 1-19.876 0"}],["circle",{cx:"12",cy:"12",r:"3"}]];var H=[["path",{d:"M10 20a1 1 0 0 0 .553.895l2 1A1 1 0 0 0 14 21v-7a2 2 0 0 1 .517-1.341L21.74 4.67A1 1 0 0 0 21 3H3a1 1 0 0 0-.742 1.67l7.225 7.989A2 2 0 0 1 10 14z"}]];var fe=[["path",{d:"m12 14 4-4"}],["path",{d:"M3.34 19a10 10 0 1 1 17.32 0"}]];var ue=[["circle",{cx:"12",cy:"12",r:"10"}],["path",{d:"M12 16v-4"}],["path",{d:"M12 8h.01"}]];var de=[["path",{d:"M2.586 17.414A2 2 0 0 0 2 18.828V21a1 1 0 0 0 1 1h3a1 1 0 0 0 1-1v-1a1 1 0 0 1 1-1h1a1 1 0 0 0 1-1v-1a1 1 0 0 1 1-1h.172a2 2 0 0 0 1.414-.586l.814-.814a6.5 6.5 0 1 0-4-4z"}],["circle",{cx:"16.5",cy:"7.5",r:".5",fill:"currentColor"}]];var ie=[["path",{d:"m10 17 5-5-5-5"}],["path",{d:"M15 12H3"}],["path",{d:"M15 3h4a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2h-4"}]];var ne=[["path",{d:"m16 17 5-5-5-5"}],["path",{d:"M21 12H9"}],["path",{d:"M9 21H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h4"}]];var pe=[["path",{d:"M16 10a2 2 0 0 1-2 2H6.828a2 2 0 0 0-1.414.586l-2.202 2.202A.71.71 0 0 1 2 14.286V4a2 2 0 0 1 2-2h10a2 2 0 0 1 2 2z"}],["path",{d:"M20 9a2 2 0 0 1 2 2v10.286a.71.71 0 0 1-1.212.502l-2.202-2.202A2 2 0 0 0 17.172 19H10a2 2 0 0 1-2-2v-1"}]];var me=[["rect",{x:"14",y:"3",width:"5",height:"18",rx:"1"}],["rect",{x:"5",y:"3",width:"5",height:"18",rx:"1"}]];var xe=[["path",{d:"M21.174 6.812a1 1 0 0 0-3.986-3.987L3.842 16.174a2 2 0 0 0-.5.83l-1.321 4.352a.5.5 0 0 0 .623.622l4.353-1.32a2 2 0 0 0 .83-.497z"}],["path",{d:"m15 5 4 4"}]];var ce=[["path",{d:"M5 5a2 2 0 0 1 3.008-1.728l11.997 6.998a2 2 0 0 1 .003 3.458l-12 7A2 2 0 0 1 5 19z"}]];var he=[["path",{d:"M5 12h14"}],["path",{d:"M12 5v14"}]];var ge=[["path",{d:"M21 12a9 9 0 1 1-9-9c2.52 0 4.93 1 6.74 2.74L21 8"}],["path",{d:"M21 3v5h-5"}]];var Se=[["path",{d:"M15 12h-5"}],["path",{d:"M15 8h-5"}],["path",{d:"M19 17V5a2 2 0 0 0-2-2H4"}],["path",{d:"M8 21h12a2 2 0 0 0 2-2v-1a1 1 0 0 0-1-1H11a1 1 0 0 0-1 1v1a2 2 0 1 1-4 0V5a2 2 0 1 0-4 0v2a1 1 0 0 0 1 1h3"}]];var Ce=[["path",{d:"m21 21-4.34-4.34"}],["circle",{cx:"11",cy:"11",r:"8"}]];var we=[["path",{d:"M14.536 21.686a.5.5 0 0 0 .937-.024l6.5-19a.496.496 0 0 0-.635-.635l-19 6.5a.5.5 0 0 0-.024.937l7.93 3.18a2 2 0 0 1 1.112 1.11z"}],["path",{d:"m21.854 2.147-10.94 10.939"}]];var ve=[["path",{d:"M9.671 4.136a2.34 2.34 0 0 1 4.659 0 2.34 2.34 0 0 0 3.319 1.915 2.34 2.34 0 0 1 2.33 4.033 2.34 2.34 0 0 0 0 3.831 2.34 2.34 0 0 1-2.33 4.033 2.34 2.34 0 0 0-3.319 1.915 2.34 2.34 0 0 1-4.659 0 2.34 2.34 0 0 0-3.32-1.915 2.34 2.34 0 0 1-2.33-4.033 2.34 2.34 0 0 0 0-3.831A2.34 2.34 0 0 1 6.35 6.051a2.34 2.34 0 0 0 3.319-1.915"}],["circle",{cx:"12",cy:"12",r:"3"}]];var U=[["path",{d:"m7 11 2-2-2-2"}],["path",{d:"M11 13h4"}],["rect",{width:"18",height:"18",x:"3",y:"3",rx:"2",ry:"2"}]];var Me=[["rect",{width:"18",height:"18",x:"3",y:"3",rx:"2"}]];var W=[["path",{d:"M10 11v6"}],["path",{d:"M14 11v6"}],["path",{d:"M19 6v14a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V6"}],["path",{d:"M3 6h18"}],["path",{d:"M8 6V4a2 2 0 0 1 2-2h4a2 2 0 0 1 2 2v2"}]];var V=[["path",{d:"m21.73 18-8-14a2 2 0 0 0-3.48 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.73-3"}],["path",{d:"M12 9v4"}],["path",{d:"M12 17h.01"}]];var be=[["path",{d:"M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2"}],["circle",{cx:"9",cy:"7",r:"4"}],["line",{x1:"19",x2:"19",y1:"8",y2:"14"}],["line",{x1:"22",x2:"16",y1:"11",y2:"11"}]];var ye=[["path",{d:"M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2"}],["path",{d:"M16 3.128a4 4 0 0 1 0 7.744"}],["path",{d:"M22 21v-2a4 4 0 0 0-3-3.87"}],["circle",{cx:"9",cy:"7",r:"4"}]];var ke=[["path",{d:"M18 16.98h-5.99c-1.1 0-1.95.94-2.48 1.9A4 4 0 0 1 2 17c.01-.7.2-1.4.57-2"}],["path",{d:"m6 17 3.13-5.78c.53-.97.1-2.18-.5-3.1a4 4 0 1 1 6.89-4.06"}],["path",{d:"m12 6 3.13 5.73C15.66 12.7 16.9 13 18 13a4 4 0 0 1 0 8"}]];var Ae=[["path",{d:"M12 20h.01"}],["path",{d:"M8.5 16.429a5 5 0 0 1 7 0"}],["path",{d:"M5 12.859a10 10 0 0 1 5.17-2.69"}],["path",{d:"M19 12.859a10 10 0 0 0-2.007-1.523"}],["path",{d:"M2 8.82a15 15 0 0 1 4.177-2.643"}],["path",{d:"M22 8.82a15 15 0 0 0-11.288-3.764"}],["path",{d:"m2 2 20 20"}]];var Le=[["path",{d:"M18 6 6 18"}],["path",{d:"m6 6 12 12"}]];var Qe={account:ye,activity:N,add:he,addPerson:be,back:j,chart:q,chats:pe,check:J,clock:te,close:Le,collapse:Y,connection:Q,copy:ae,docs:Z,down:X,download:re,edit:xe,error:_,expand:$,filter:H,hide:se,info:ue,logIn:ie,logOut:ne,logs:Se,more:z,offline:Ae,ok:I,open:oe,overview:fe,pause:me,remove:W,retry:ge,run:ce,search:Ce,send:we,settings:ve,show:le,stop:Me,target:ke,terminal:U,token:de,unfold:ee,up:K,warning:V};var Je=`/* The shared parts. */

.ui-icon {
  flex: none;
  fill: none;
  stroke: currentColor;
  stroke-width: 2;
  stroke-linecap: round;
  stroke-linejoin: round;
}

.ui-square {
  width: 2.25rem;
  min-height: 2.25rem;
  padding: 0;
  flex: none;
}

.mono,
.ui-code pre,
.ui-json-tree {
  font-family: var(--mono);
  font-size: 0.8125rem;
  line-height: 1.5;
}

/* Dialogs */

.ui-dialog {
  width: min(30rem, calc(100vw - 2rem));
  max-height: calc(100dvh - 2rem);
  padding: 0;
  border: 1px solid var(--line);
  border-radius: var(--radius);
  background: var(--surface);
  color: var(--text);
  box-shadow: var(--shadow);
}

.ui-dialog.wide {
  width: min(56rem, calc(100vw - 2rem));
}

.ui-dialog::backdrop {
  background: #0008;
}

.ui-dialog-body {
  display: flex;
  flex-direction: column;
  max-height: calc(100dvh - 2rem - 2px);
}

.ui-dialog-body > header {
  display: flex;
  align-items: center;
  justify-content: space-between;
  gap: 0.75rem;
  padding: 1rem 1rem 0 1.25rem;
}

.ui-dialog-content {
  display: grid;
  gap: 0.75rem;
  padding: 0.75rem 1.25rem 1.25rem;
  overflow: auto;
}

.ui-dialog-actions {
  display: flex;
  flex-wrap: wrap;
  justify-content: flex-end;
  gap: 0.5rem;
  padding: 0.75rem 1.25rem 1rem;
  border-top: 1px solid var(--line);
}

button.danger.primary {
  border-color: var(--bad);
  background: var(--bad);
  color: var(--surface);
}

/* Menus */

.ui-menu {
  position: fixed;
  z-index: 20;
  display: grid;
  min-width: 11rem;
  max-width: min(22rem, calc(100vw - 1rem));
  padding: 0.25rem;
  overflow: auto;
  border: 1px solid var(--line);
  border-radius: 10px;
  background: var(--surface);
  box-shadow: var(--shadow);
}

.ui-menu button {
  justify-content: flex-start;
  min-height: 2.25rem;
  padding: 0.25rem 0.75rem;
  border-radius: 6px;
  text-align: start;
  font-weight: 500;
}

.ui-menu [aria-disabled="true"] {
  color: var(--muted);
  cursor: default;
}

.ui-menu small {
  display: block;
  font-weight: 400;
}

/* Comboboxes */

.ui-combobox {
  position: relative;
}

.ui-options {
  position: absolute;
  z-index: 20;
  inset-inline: 0;
  top: calc(100% + 4px);
  min-width: 15rem;
  border: 1px solid var(--line);
  border-radius: 10px;
  background: var(--surface);
  box-shadow: var(--shadow);
}

.inline > .ui-options {
  position: static;
  margin-top: 0.5rem;
  border: 0;
  box-shadow: none;
}

.ui-options > [role="listbox"] {
  max-height: min(20rem, 50dvh);
  padding: 0.25rem;
  overflow: auto;
}

.ui-options > [role="listbox"]:empty {
  display: none;
}

.ui-options-note {
  padding: 0.4rem 0.9rem;
  color: var(--muted);
  font-size: 0.8125rem;
}

.ui-options-group {
  padding: 0.5rem 0.65rem 0.2rem;
  color: var(--muted);
  font-size: 0.75rem;
  font-weight: 600;
}

.ui-option {
  display: flex;
  flex-wrap: wrap;
  align-items: baseline;
  gap: 0 0.6rem;
  min-height: 2rem;
  padding: 0.3rem 0.65rem;
  border-radius: 6px;
  cursor: pointer;
}

.ui-option:hover {
  background: var(--sunken);
}

.ui-option[aria-selected="true"] {
  background: color-mix(in srgb, var(--accent) 14%, transparent);
}

.ui-option[aria-disabled="true"] {
  color: var(--muted);
  cursor: default;
}

.ui-option small {
  color: var(--muted);
}

/* Tables and lists */

.ui-table,
.ui-list {
  position: relative;
  min-height: 0;
  flex: 1;
  overflow: auto;
  overflow-anchor: none;
  contain: content;
}

.ui-table-head {
  position: sticky;
  z-index: 1;
  top: 0;
  background: var(--surface);
}

.ui-table-body,
.ui-list > [role="list"] {
  position: relative;
}

.ui-row {
  display: grid;
  grid-template-columns: var(--columns);
  align-items: center;
  width: 100%;
  min-height: 2.25rem;
  border-bottom: 1px solid var(--line);
}

.ui-table-body > .ui-row,
.ui-list [role="listitem"] {
  position: absolute;
  top: 0;
  inset-inline: 0;
}

.ui-table-body > .ui-row[aria-selected] {
  cursor: pointer;
}

.ui-table-body > .ui-row:hover {
  background: var(--sunken);
}

.ui-row[aria-selected="true"] {
  background: color-mix(in srgb, var(--accent) 14%, transparent);
}

.ui-row:focus-visible,
.ui-cell:focus-visible,
.ui-list a:focus-visible {
  outline-offset: -2px;
}

.ui-cell {
  min-width: 0;
  padding: 0.3rem 0.5rem;
  overflow: hidden;
  font-size: 0.875rem;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.ui-cell:first-child {
  padding-inline-start: 0.75rem;
}

.ui-cell.number {
  text-align: end;
  font-variant-numeric: tabular-nums;
}

.ui-cell[role="columnheader"] {
  display: flex;
  align-items: center;
  gap: 0.25rem;
  color: var(--muted);
  font-size: 0.8125rem;
  font-weight: 600;
}

.ui-cell.number[role="columnheader"] {
  justify-content: flex-end;
}

.ui-cell[aria-sort] {
  cursor: pointer;
}

.ui-row.failed {
  color: var(--bad);
}

/* JSON and code */

.ui-json {
  min-width: 0;
}

.ui-json-tools {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  justify-content: flex-end;
  gap: 0.25rem;
}

.ui-json-tools .hint {
  margin-inline-end: auto;
}

.ui-json-tree {
  padding: 0.5rem 0.75rem;
  border-radius: 10px;
  background: var(--sunken);
}

.ui-json-line {
  position: relative;
  padding-inline-start: calc(var(--depth) * 1.25rem + 1.25rem);
  border-radius: 4px;
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}

.ui-json-line.foldable {
  cursor: pointer;
}

.ui-json-line > .ui-icon {
  position: absolute;
  inset-block-start: 0.2em;
  inset-inline-start: calc(var(--depth) * 1.25rem);
  color: var(--muted);
}

.ui-json-line .key {
  color: var(--accent);
}

.ui-json-line .string {
  color: var(--good);
}

.ui-json-line .number {
  color: var(--warn);
}

.ui-json-line .boolean,
.ui-json-line .null {
  color: var(--bad);
}

.ui-json-line em {
  margin-inline: 0.4em;
  color: var(--muted);
}

.ui-code {
  position: relative;
  border-radius: 10px;
  background: var(--sunken);
}

.ui-code > button {
  position: absolute;
  top: 0.25rem;
  inset-inline-end: 0.25rem;
  background: var(--sunken);
}

.ui-code pre {
  max-height: 24rem;
  margin: 0;
  padding: 0.65rem 6rem 0.65rem 0.75rem;
  overflow: auto;
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}

/* Forms */

.ui-form {
  display: grid;
  gap: 0.9rem;
}

.ui-field {
  display: grid;
  align-content: start;
  gap: 0.25rem;
  min-width: 0;
}

.ui-field > label {
  font-size: 0.875rem;
  font-weight: 600;
}

.ui-field > label small {
  margin-inline-start: 0.5em;
  color: var(--muted);
  font-weight: 400;
}

.ui-choices {
  display: flex;
  flex-wrap: wrap;
  gap: 0 1rem;
}

.ui-pairs {
  display: grid;
  justify-items: start;
  gap: 0.35rem;
}

.ui-pairs > div {
  display: grid;
  grid-template-columns: minmax(4rem, 1fr) minmax(4rem, 2fr) auto;
  gap: 0.35rem;
  width: 100%;
}

/* Loading, empty, failed */

.ui-loading {
  display: grid;
  gap: 0.5rem;
  padding: 0.75rem;
}

.ui-loading i {
  height: 1.5rem;
  border-radius: 6px;
  background: var(--sunken);
}

.ui-loading i:nth-child(even) {
  width: 70%;
}

.ui-nothing {
  display: grid;
  justify-items: center;
  align-content: center;
  gap: 0.5rem;
  padding: 2rem 1.25rem;
  color: var(--muted);
  text-align: center;
}

.ui-nothing .lead {
  color: var(--text);
}

.ui-failed {
  padding: 0.6rem 0.85rem;
  border-radius: 10px;
  background: var(--bad-ground);
  color: var(--bad);
  font-size: 0.9375rem;
}

.ui-failed > p {
  display: flex;
  align-items: flex-start;
  gap: 0.6rem;
}

.ui-failed > p > span {
  flex: 1;
}

.ui-failed details {
  margin-top: 0.35rem;
  font-size: 0.875rem;
}

.ui-failed summary {
  cursor: pointer;
}

/* List and detail */

.ui-split {
  display: flex;
  flex: 1;
  min-width: 0;
  min-height: 0;
}

.ui-split-first {
  display: flex;
  flex-direction: column;
  flex: 0 0 var(--share);
  min-width: 0;
  min-height: 0;
}

.ui-split-second {
  flex: 1;
  min-width: 0;
  min-height: 0;
  overflow: auto;
}

.ui-split-bar {
  flex: 0 0 9px;
  cursor: col-resize;
  touch-action: none;
  background: linear-gradient(var(--line), var(--line)) center / 1px 100%
    no-repeat;
}

.ui-split-bar:hover,
.ui-split-bar:focus-visible {
  background-size: 3px 100%;
}

@media (max-width: 64rem) {
  .ui-split {
    flex-direction: column;
  }

  .ui-split-bar {
    cursor: row-resize;
    background-size: 100% 1px;
  }

  .ui-split-bar:hover,
  .ui-split-bar:focus-visible {
    background-size: 100% 3px;
  }
}

@media (pointer: coarse) {
  .ui-menu button,
  .ui-option {
    min-height: 2.75rem;
  }

  .ui-square {
    width: 2.75rem;
    min-height: 2.75rem;
  }
}

@media (forced-colors: active) {
  .ui-row[aria-selected="true"],
  .ui-option[aria-selected="true"] {
    outline: 2px solid Highlight;
    outline-offset: -2px;
  }
}
`;qe(Je);function vr({name:l,size:f=20}){let e=Qe[l];return Ee("svg",{class:"ui-icon",viewBox:"0 0 24 24",width:f,height:f,"aria-hidden":"true",focusable:"false",children:e.map(([t,a],r)=>Oe(t,{...a,key:r}))})}export{at as a,st as b,ut as c,Te as d,vr as e};
/**
 * @license lucide v1.65.0 - ISC
 *
 * This source code is licensed under the ISC license.
 * See the LICENSE file in the root directory of this source tree.
 */
