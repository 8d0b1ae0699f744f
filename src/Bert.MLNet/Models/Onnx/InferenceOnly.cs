namespace Bert.MLNet.Models;

/// <summary>
/// The <see cref="AppContext"/> switch <c>Bert.MLNet.InferenceOnly</c> for processes whose models only predict, off by default. With it,
/// the matrices of their layers, which ONNX Runtime packs for its products, are in memory only in packed form after the first prediction.
/// Models that result from training are not affected.
/// </summary>
internal static class InferenceOnly
{
    public const string Switch = "Bert.MLNet.InferenceOnly";

    public static bool IsOn => AppContext.TryGetSwitch(Switch, out bool isOn) && isOn;
}
