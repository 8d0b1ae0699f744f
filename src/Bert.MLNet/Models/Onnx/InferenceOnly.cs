namespace Bert.MLNet.Models;

/// <summary>
/// The switch by which a process says that the models that it reads predict and do nothing else: <c>Bert.MLNet.InferenceOnly</c> of <see cref="AppContext"/>, off by default. With it the
/// matrices of their layers, which ONNX Runtime packs for its products, are in memory in that form alone after the first prediction. Models that come from a training stay whole.
/// </summary>
internal static class InferenceOnly
{
    public const string Switch = "Bert.MLNet.InferenceOnly";

    public static bool IsOn => AppContext.TryGetSwitch(Switch, out bool isOn) && isOn;
}
